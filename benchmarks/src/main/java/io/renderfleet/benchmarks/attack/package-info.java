/** A farm under attack: real servers, an honest client, and clients that mean harm. {@link UnderAttack} is the program. */
@NullMarked
package io.renderfleet.benchmarks.attack;

import org.jspecify.annotations.NullMarked;
