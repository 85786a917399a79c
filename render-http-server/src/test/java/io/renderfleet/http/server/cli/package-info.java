/** Tests of how command lines are read. */
@NullMarked
package io.renderfleet.http.server.cli;

import org.jspecify.annotations.NullMarked;
