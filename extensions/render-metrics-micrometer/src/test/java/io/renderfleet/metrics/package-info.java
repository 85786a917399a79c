@NullMarked
package io.renderfleet.metrics;

import org.jspecify.annotations.NullMarked;
