package io.renderfleet.core.local;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process with all that it started. */
public final class ProcessTree {
    private static final Duration AFTER_KILL = Duration.ofSeconds(1);

    private ProcessTree() {}

    /**
     * Ends them all: TERM, then, once the grace time is over, KILL for what is left and for what that has started meanwhile. Returns when
     * they are gone, or a second after KILL. Where the calling thread is interrupted, KILL follows at once, and the thread stays interrupted.
     *
     * @param root the process that started the others
     * @param grace how long they may take to end by themselves
     */
    public static void end(ProcessHandle root, Duration grace) {
        // Before anything ends: orphans have another parent and could not be found afterwards.
        Set<ProcessHandle> known = members(root);
        // Bubblewrap ends with the program inside; ended first, it would take the program's time to end in good order
        // from it.
        Set<ProcessHandle> programs =
                known.stream().filter(one -> !isBubblewrap(one)).collect(Collectors.toSet());
        (programs.isEmpty() ? known : programs).forEach(ProcessHandle::destroy);
        if (!areGone(known, grace)) {
            Set<ProcessHandle> left =
                    known.stream().flatMap(one -> members(one).stream()).collect(Collectors.toSet());
            left.forEach(ProcessHandle::destroyForcibly);
            // KILL needs no time; what still seems alive waits for a parent that never asks how it ended.
            areGone(left, AFTER_KILL);
        }
    }

    private static boolean isBubblewrap(ProcessHandle process) {
        return process.info().command().filter(path -> path.endsWith("/bwrap")).isPresent();
    }

    private static Set<ProcessHandle> members(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants()).collect(Collectors.toSet());
    }

    private static boolean areGone(Set<ProcessHandle> processes, Duration within) {
        CompletableFuture<?>[] ends =
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a process cannot fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
