package io.renderfleet.node.engine;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Names what went wrong with a program. */
final class CommandFailures {
    private static final int CANNOT_EXECUTE = 126;
    private static final int NOT_FOUND = 127;
    private static final int BY_SIGNAL = 128;
    private static final int FILE_TOO_LARGE = 25;
    private static final Set<Integer> CRASHES = Set.of(4, 6, 7, 8, 11);

    private CommandFailures() {}

    static Optional<Failure> ofExit(int frame, int code, List<String> log) {
        if (code == 0) {
            return Optional.empty();
        }
        String at = " at frame " + frame;
        Failure failure = switch (code) {
            case CANNOT_EXECUTE ->
                Failure.of(FailureKind.PROGRAM_NOT_EXECUTABLE, frame, "The program of this node cannot be executed.");
            case NOT_FOUND ->
                Failure.of(FailureKind.PROGRAM_NOT_FOUND, frame, "The program of this node is not there.");
            default -> {
                int signal = code - BY_SIGNAL;
                if (signal == FILE_TOO_LARGE) {
                    yield diskFull(frame);
                }
                if (CRASHES.contains(signal)) {
                    yield Failure.of(
                            FailureKind.CRASHED, frame, "The program crashed" + at + " (signal " + signal + ").");
                }
                if (signal > 0 && signal < 32) {
                    yield Failure.of(
                            FailureKind.KILLED,
                            frame,
                            "The program was ended by somebody else" + at + " (signal " + signal
                                    + "); was the node short of memory?");
                }
                String last = log.isEmpty() ? "it said nothing" : "its last words: " + log.get(log.size() - 1);
                yield Failure.of(
                        FailureKind.PROGRAM_FAILED,
                        frame,
                        "The program failed" + at + " with exit code " + code + "; " + last);
            }
        };
        return Optional.of(failure.withLog(log));
    }

    static Failure diskFull(int frame) {
        return Failure.of(
                FailureKind.DISK_FULL,
                frame,
                "Frame " + frame
                        + " could not be written: the node's disk is full. Make room there, or raise its quota.");
    }

    static Failure tooLate(int frame, Duration limit, List<String> log) {
        return Failure.of(
                        FailureKind.FRAME_TIMEOUT,
                        frame,
                        "Frame " + frame + " took longer than the node allows (" + limit.toSeconds() + " s).")
                .withLog(log);
    }

    /** The message of the JDK holds paths of the machine, and so stays out. */
    static Failure ofStart(int frame, IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("error=2,")) {
            return Failure.of(FailureKind.PROGRAM_NOT_FOUND, frame, "The program of this node is not there.");
        }
        if (message.contains("error=13,") || message.contains("error=8,")) {
            return Failure.of(
                    FailureKind.PROGRAM_NOT_EXECUTABLE, frame, "The program of this node cannot be executed.");
        }
        return Failure.of(
                FailureKind.OUTPUT_NOT_WRITABLE, frame, "The program could not be started, or its folder not be made.");
    }
}
