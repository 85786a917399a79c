package io.renderfleet.core.engine;

import io.renderfleet.core.content.DigestCache;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.SubmissionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests in: those that come twice under one key once, and each with the digest of its scene and a folder for its frames.
 *
 * <p>Thread-safe; what it knows belongs to the loop.
 */
final class Submissions {
    private final Farm farm;
    private final JobLifecycle jobs;
    private final SubmissionKeys keys;
    private final DigestCache digests = new DigestCache();

    Submissions(Farm farm, JobLifecycle jobs, SubmissionKeys keys) {
        this.farm = farm;
        this.jobs = jobs;
        this.keys = keys;
    }

    /** Takes a request in; completes, away from the loop, once its job is durable. */
    CompletableFuture<ActiveJob> submit(RenderRequest request) {
        SubmissionKey key = request.key().orElse(null);
        CompletableFuture<ActiveJob> taken = farm.promise();
        farm.loop.execute(() -> {
            Optional<CompletableFuture<ActiveJob>> before = key == null ? Optional.empty() : keys.find(key);
            if (before.isPresent()) {
                relay(before.get(), taken);
                return;
            }
            if (key != null) {
                keys.claim(key, taken);
            }
            takeIn(request, key, taken);
        });
        return taken;
    }

    /** Looks up what was submitted under a key. */
    CompletionStage<Optional<ActiveJob>> submitted(SubmissionKey key) {
        return farm.call(() -> keys.find(key))
                .<CompletionStage<Optional<ActiveJob>>>map(job -> {
                    CompletableFuture<ActiveJob> found = farm.promise();
                    relay(job, found);
                    return found.thenApply(Optional::of);
                })
                .orElseGet(() -> CompletableFuture.completedStage(Optional.empty()));
    }

    private void takeIn(RenderRequest request, @Nullable SubmissionKey key, CompletableFuture<ActiveJob> taken) {
        Consumer<Throwable> failed = problem -> {
            if (key != null) {
                keys.forget(key);
            }
            farm.notifier.call(() -> taken.completeExceptionally(problem));
        };
        RuntimeException refusal = jobs.refusal(request);
        if (refusal != null) {
            failed.accept(refusal);
            return;
        }
        JobId id = jobs.newId(request);
        farm.blocking(
                () -> prepare(request, id),
                ready -> jobs.submit(
                        ready.request(),
                        id,
                        ready.folder(),
                        job -> farm.notifier.call(() -> taken.complete(job)),
                        failed),
                failed::accept);
    }

    /** Completes the second of two submissions with what came of the first, away from the loop. */
    private void relay(CompletionStage<ActiveJob> first, CompletableFuture<ActiveJob> second) {
        first.whenComplete((job, problem) -> farm.notifier.call(() -> {
            if (problem == null) {
                second.complete(job);
            } else {
                second.completeExceptionally(problem);
            }
        }));
    }

    /** A request whose scene has a digest, and the folder for its frames. */
    private record Prepared(RenderRequest request, Path folder) {}

    private Prepared prepare(RenderRequest request, JobId id) {
        RenderRequest ready = request.scene() instanceof Scene.Local local && local.sha256() == null
                ? request.scene(new Scene.Local(local.file(), local.entry(), digest(local.file())))
                : request;
        String renderer = farm.config.renderer();
        if (renderer != null && ready.renderer().isEmpty()) {
            ready = ready.renderer(renderer);
        }
        Path folder = request.outputFolder().orElse(null);
        try {
            return new Prepared(ready, farm.outputs.open(id, folder));
        } catch (IOException e) {
            String which = folder == null ? "a folder for job " + id : "the output folder " + folder;
            throw new UncheckedIOException(which + " cannot be made: " + e, e);
        }
    }

    private Sha256 digest(Path scene) {
        try {
            return digests.of(scene);
        } catch (IOException e) {
            throw new UncheckedIOException("the scene " + scene + " is no file that can be read: " + e, e);
        }
    }
}
