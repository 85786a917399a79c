@NullMarked
package io.renderfleet.auth.oidc;

import org.jspecify.annotations.NullMarked;
