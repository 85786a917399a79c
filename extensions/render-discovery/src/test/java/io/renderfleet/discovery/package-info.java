/** Tests of the ways to find nodes. */
@NullMarked
package io.renderfleet.discovery;

import org.jspecify.annotations.NullMarked;
