/**
 * Renders frames with Blender, and finds out from typed events and from the files themselves what was really rendered.
 *
 * <p>Entry point: {@link io.renderfleet.engine.blender.BlenderEngine}. Blender runs a driver script of this module (in its resources) that
 * takes commands on its standard input and answers with lines that bear a random marker; both are encoded as HTML forms are. A run asks a
 * session for one frame after the other; what a session answers, and how its process ends, is named by the diagnosis.
 */
@NullMarked
package io.renderfleet.engine.blender;

import org.jspecify.annotations.NullMarked;
