/** Tests of the measurements. */
@NullMarked
package io.renderfleet.http.server.metrics;

import org.jspecify.annotations.NullMarked;
