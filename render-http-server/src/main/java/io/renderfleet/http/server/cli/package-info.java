/**
 * How the two servers' programs read their command lines: flags and environment variables alike, mistakes told in one line.
 *
 * <p>Entry point: {@link io.renderfleet.http.server.cli.Program}. Depends on picocli alone.
 */
@NullMarked
package io.renderfleet.http.server.cli;

import org.jspecify.annotations.NullMarked;
