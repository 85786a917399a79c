/**
 * Renders frames with Blender, and tells from typed events and from the files themselves what was really rendered.
 *
 * <p>May depend on render-core alone.
 */
@NullMarked
package io.renderfleet.engine.blender;

import org.jspecify.annotations.NullMarked;
