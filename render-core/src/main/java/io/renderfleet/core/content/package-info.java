/**
 * Large files kept by their content, as nodes and servers keep the scenes that are sent to them; entry point
 * {@link io.renderfleet.core.content.FolderContentStore}.
 *
 * <p>Layer 3: depends on {@link io.renderfleet.core.model}, {@link io.renderfleet.core.local} and {@link io.renderfleet.core.spi} only.
 */
@NullMarked
package io.renderfleet.core.content;

import org.jspecify.annotations.NullMarked;
