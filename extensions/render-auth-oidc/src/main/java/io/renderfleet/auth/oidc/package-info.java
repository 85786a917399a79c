/**
 * Lets in who bears a signed token (JWT, RFC 7519) of an OpenID Connect issuer.
 *
 * <p>Entry point: {@link io.renderfleet.auth.oidc.OidcTokens}. Depends on {@code render-auth} alone.
 */
@NullMarked
package io.renderfleet.auth.oidc;

import org.jspecify.annotations.NullMarked;
