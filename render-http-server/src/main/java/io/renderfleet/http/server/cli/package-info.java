/**
 * How the two servers' programs read their command lines: flags and environment variables alike, mistakes reported in one line.
 *
 * <p>Entry point: {@link io.renderfleet.http.server.cli.Program}.
 */
@NullMarked
package io.renderfleet.http.server.cli;

import org.jspecify.annotations.NullMarked;
