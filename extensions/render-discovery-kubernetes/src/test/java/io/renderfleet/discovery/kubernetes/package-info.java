@NullMarked
package io.renderfleet.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;
