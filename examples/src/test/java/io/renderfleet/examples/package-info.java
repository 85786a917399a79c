@NullMarked
package io.renderfleet.examples;

import org.jspecify.annotations.NullMarked;
