/**
 * The table of scenes whose frames must be right: {@link io.renderfleet.node.server.frames.RightFramesTest} renders each of them on real
 * nodes and compares it with what Blender renders by itself.
 *
 * <p>{@link io.renderfleet.node.server.frames.Rows} is the table; the functions that make its scenes are Python, beside this package's
 * other resources.
 */
@NullMarked
package io.renderfleet.node.server.frames;

import org.jspecify.annotations.NullMarked;
