@NullMarked
package io.renderfleet.auth;

import org.jspecify.annotations.NullMarked;
