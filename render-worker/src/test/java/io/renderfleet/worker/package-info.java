/** Tests of the program. */
@NullMarked
package io.renderfleet.worker;

import org.jspecify.annotations.NullMarked;
