@NullMarked
package io.renderfleet.webhook;

import org.jspecify.annotations.NullMarked;
