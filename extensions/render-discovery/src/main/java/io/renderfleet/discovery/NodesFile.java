package io.renderfleet.discovery;

import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A file with a URL of a node on each line; comments begin with {@code #}. It is read as a whole or not at all. */
final class NodesFile implements NodeLookup {
    private static final int SETTLING_MILLIS = 50;
    private static final int MOST_READS = 20;
    private static final int MAX_BYTES = 4 << 20;

    private final Path file;

    /** What it had when it had stayed the same for a while; belongs to whoever looks. */
    private volatile @Nullable String settled;

    NodesFile(Path file) {
        this.file = file;
    }

    @Override
    public Set<Target> now() throws IOException {
        Set<Target> targets = new LinkedHashSet<>();
        int number = 0;
        for (String line : settledText().lines().toList()) {
            number++;
            String plain = line.replaceFirst("(^|\\s)#.*", "").strip();
            if (!plain.isEmpty()) {
                targets.add(new Target.Machine(url(number, plain)));
            }
        }
        if (targets.size() > MOST) {
            throw new IOException("it names " + targets.size() + " nodes: at most " + MOST + " are allowed");
        }
        return targets;
    }

    /** Most programs empty a file before they write it: what was read in between would drop every node, or half of them. */
    private String settledText() throws IOException {
        String text = text();
        for (int reads = 0; !text.equals(settled); reads++) {
            if (reads == MOST_READS) {
                throw new IOException("it changes all the time");
            }
            String before = text;
            FileTime written = written();
            pause();
            text = text();
            if (text.equals(before) && written.equals(written())) {
                settled = text;
            }
        }
        return text;
    }

    private FileTime written() throws IOException {
        try {
            return Files.getLastModifiedTime(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no such file", e);
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(SETTLING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it is not read any more", e);
        }
    }

    private String text() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it has more than " + MAX_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new IOException("there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new IOException("it is no text in UTF-8", e);
        }
    }

    private static URI url(int number, String text) throws IOException {
        try {
            return NodeAddress.of(text);
        } catch (IllegalArgumentException wrong) {
            throw new IOException("line " + number + " is " + wrong.getMessage(), wrong);
        }
    }
}
