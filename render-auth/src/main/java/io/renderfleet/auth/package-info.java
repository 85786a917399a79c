/**
 * Who may do what: {@link io.renderfleet.auth.Role roles}, {@link io.renderfleet.auth.TokenEntry tokens} that have an owner, a role and an
 * expiry, and the {@link io.renderfleet.auth.TokenVerifier} that every kind of token implements.
 *
 * <p>Entry points: {@link io.renderfleet.auth.TokenListFile} to change a file of tokens, {@link io.renderfleet.auth.FileTokens} to let in
 * who is in it. Depends on no other module.
 */
@NullMarked
package io.renderfleet.auth;

import org.jspecify.annotations.NullMarked;
