package io.renderfleet.engine.blender;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A process with all that it started. */
final class ProcessTree {
    private ProcessTree() {}

    /**
     * Ends them all: TERM, then KILL for whatever is left after the grace time. Returns when they are gone.
     *
     * @param process the root
     * @param grace how long they may take to end by themselves
     */
    static void end(ProcessHandle process, Duration grace) {
        // Listed before the root ends: its children then belong to another parent and can no longer be found.
        List<ProcessHandle> tree = list(process);
        tree.forEach(ProcessHandle::destroy);
        if (!await(tree, grace)) {
            List<ProcessHandle> left = Stream.concat(tree.stream(), list(process).stream())
                    .distinct()
                    .toList();
            left.forEach(ProcessHandle::destroyForcibly);
            await(left, grace);
        }
    }

    private static List<ProcessHandle> list(ProcessHandle process) {
        return Stream.concat(process.descendants(), Stream.of(process)).toList();
    }

    private static boolean await(List<ProcessHandle> processes, Duration time) {
        CompletableFuture<?>[] ends = processes.stream()
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::onExit)
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
