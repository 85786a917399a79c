/**
 * The command {@code render}, for people and scripts: it talks to an orchestrator over HTTP.
 *
 * <p>Entry point: {@link io.renderfleet.cli.RenderMain}; each subcommand is a class of its own.
 */
@NullMarked
package io.renderfleet.cli;

import org.jspecify.annotations.NullMarked;
