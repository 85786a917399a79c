/** Tests of the measurements. */
@NullMarked
package io.renderfleet.http.server.audit;

import org.jspecify.annotations.NullMarked;
