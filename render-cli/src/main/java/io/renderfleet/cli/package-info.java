/**
 * The command {@code render}, for people and scripts: it talks to an orchestrator over HTTP.
 *
 * <p>Entry point: {@link io.renderfleet.cli.RenderMain}; each subcommand is a class of its own. May depend on the values of render-core,
 * on the wire records and headers of render-transport-http, and on picocli; never on the engine or a server.
 */
@NullMarked
package io.renderfleet.cli;

import org.jspecify.annotations.NullMarked;
