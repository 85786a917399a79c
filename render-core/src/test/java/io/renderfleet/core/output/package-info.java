/** Tests of where frames end up. */
@NullMarked
package io.renderfleet.core.output;

import org.jspecify.annotations.NullMarked;
