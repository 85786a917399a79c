/** Runs the command in this JVM against real servers. */
@NullMarked
package io.renderfleet.cli;

import org.jspecify.annotations.NullMarked;
