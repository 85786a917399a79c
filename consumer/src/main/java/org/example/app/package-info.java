/**
 * An application of a stranger: it knows RenderFleet by its BOM alone, and lives on the module path.
 *
 * <p>Entry point: {@link org.example.app.Studio}. Depends on the library, never the other way round.
 */
package org.example.app;
