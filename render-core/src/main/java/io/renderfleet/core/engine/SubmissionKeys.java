package io.renderfleet.core.engine;

import io.renderfleet.core.model.KeyReusedException;
import io.renderfleet.core.model.SubmissionKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Which keys were used for which jobs, so that a request that comes twice is one job. Belongs to the loop. */
final class SubmissionKeys {
    private final Map<String, Claim> claims = new HashMap<>();

    private record Claim(String fingerprint, CompletableFuture<ActiveJob> job) {}

    /** The job of a key, perhaps not durable yet, or the failure of a key that was used for something else; empty for a new key. */
    Optional<CompletableFuture<ActiveJob>> find(SubmissionKey key) {
        Claim claim = claims.get(key.value());
        if (claim == null) {
            return Optional.empty();
        }
        return Optional.of(
                claim.fingerprint().equals(key.fingerprint())
                        ? claim.job()
                        : CompletableFuture.failedFuture(new KeyReusedException(key.value())));
    }

    void claim(SubmissionKey key, CompletableFuture<ActiveJob> job) {
        claims.put(key.value(), new Claim(key.fingerprint(), job));
    }

    void forget(SubmissionKey key) {
        claims.remove(key.value());
    }
}
