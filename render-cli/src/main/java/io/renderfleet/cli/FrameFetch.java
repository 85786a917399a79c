package io.renderfleet.cli;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameTable;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Downloads frames: each under a name of its own first, and under its real name once its digest is right. */
final class FrameFetch {
    private static final int ATTEMPTS = 3;
    private static final int STEP = 64 << 10;

    /** Of a million frames with many files each. */
    private static final long LONGEST_LIST = 16L << 30;

    private final Orchestrator farm;
    private final Path folder;

    FrameFetch(Orchestrator farm, Path folder) {
        this.farm = farm;
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * What came of it.
     *
     * @param downloaded how many files came
     * @param present how many were there already
     * @param mains the pictures, in the order of their frames
     */
    record Fetched(int downloaded, int present, List<Path> mains) {}

    /** By frame number, and small enough for a million of them. */
    static FrameTable list(Orchestrator farm, String job) {
        FrameTable.Builder frames = new FrameTable.Builder();
        ApiCall ask = ApiCall.get("/jobs/" + job + "/frames").with(Headers.ACCEPT, Headers.JSON);
        try (InputStream in = farm.guarded(farm.send(ask), LONGEST_LIST)) {
            Wire.readFrames(in, frames::add);
            return frames.build();
        } catch (IOException broken) {
            throw new StopException(ExitCode.UNREACHABLE, "the list of frames broke off: " + broken.getMessage());
        } catch (IllegalArgumentException wrong) {
            throw new StopException(
                    ExitCode.UNREACHABLE,
                    "the list of frames cannot be read: " + TerminalText.line(wrong.getMessage()));
        }
    }

    Fetched all(String job, ProgressView view) throws IOException {
        FrameTable frames = list(farm, job);
        Files.createDirectories(folder);
        long total = frames.stream()
                .flatMap(frame -> frame.files().stream())
                .mapToLong(OutputFile::bytes)
                .sum();
        long done = 0;
        int downloaded = 0;
        int present = 0;
        List<Path> mains = new ArrayList<>();
        for (FrameOutput frame : frames) {
            for (OutputFile file : frame.files()) {
                Path target = place(file.name());
                if (isThere(target, file)) {
                    present++;
                } else {
                    download(job, frame.frame(), file, target);
                    downloaded++;
                }
                if (file.main()) {
                    mains.add(target);
                }
                done += file.bytes();
                view.show("frame " + frame.frame(), done, total);
            }
        }
        return new Fetched(downloaded, present, mains);
    }

    /** Where a file belongs: always below the folder, whatever the orchestrator says and whatever links are there. */
    private Path place(String name) throws IOException {
        Path target = folder.resolve(name).normalize();
        if (!target.startsWith(folder) || target.equals(folder)) {
            throw new StopException(ExitCode.REFUSED, "a frame wants to be called '" + TerminalText.line(name) + "'");
        }
        Path parent = Objects.requireNonNull(target.getParent(), "it is below the folder");
        Files.createDirectories(parent);
        if (!parent.toRealPath().startsWith(folder.toRealPath())) {
            throw new StopException(
                    ExitCode.LOCAL, parent + " is a link out of " + folder + ": no frame is written there");
        }
        return target;
    }

    private static boolean isThere(Path target, OutputFile file) throws IOException {
        return Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                && Files.size(target) == file.bytes()
                && Sha256.of(target).equals(file.sha256());
    }

    private void download(String job, int frame, OutputFile file, Path target) throws IOException {
        // Not by createTempFile, which makes files that nobody else may read.
        Path part = Files.createFile(target.resolveSibling(".fetch-" + UUID.randomUUID() + ".part"));
        part.toFile().deleteOnExit();
        try {
            IOException last = null;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                try {
                    receive(job, frame, file, part);
                    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                    return;
                } catch (DamagedException damaged) {
                    last = damaged;
                }
            }
            throw new StopException(
                    ExitCode.LOCAL,
                    "frame " + frame + " came damaged " + ATTEMPTS + " times: "
                            + (last == null ? "" : TerminalText.line(last.getMessage())));
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void receive(String job, int frame, OutputFile file, Path part) throws IOException {
        String path = "/jobs/" + job + "/frames/" + frame + "/" + encoded(file.name());
        MessageDigest digest = Sha256.newDigest();
        try (OutputStream to = Files.newOutputStream(part);
                InputStream from = farm.guarded(farm.send(ApiCall.get(path)), file.bytes())) {
            byte[] step = new byte[STEP];
            for (int n = next(from, step); n >= 0; n = next(from, step)) {
                digest.update(step, 0, n);
                to.write(step, 0, n);
            }
        }
        if (!Sha256.of(digest).equals(file.sha256())) {
            throw new DamagedException("the digest differs");
        }
    }

    /** What goes wrong while reading is the network's fault, what goes wrong while writing the disk's. */
    private static int next(InputStream from, byte[] step) throws DamagedException {
        try {
            return from.read(step);
        } catch (IOException broken) {
            throw new DamagedException(String.valueOf(broken.getMessage()));
        }
    }

    private static String encoded(String name) {
        return String.join(
                "/",
                List.of(name.split("/", -1)).stream()
                        .map(segment -> URLEncoder.encode(segment, StandardCharsets.UTF_8)
                                .replace("+", "%20"))
                        .toList());
    }

    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;

        private DamagedException(String message) {
            super(message);
        }
    }
}
