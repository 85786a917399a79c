package io.renderfleet.orchestrator;

import io.renderfleet.core.model.OutputFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A zip of many files that is made while it is read, so that it needs neither memory nor a place on the disk. The files are pictures,
 * which are compressed already: the zip only strings them together.
 */
final class ArchiveStream extends InputStream {
    private static final int STEP = 64 << 10;

    private final Deque<OutputFile> waiting = new ArrayDeque<>();
    private final Function<String, Path> places;
    private final ByteArrayOutputStream made = new ByteArrayOutputStream();
    private final ZipOutputStream zip = new ZipOutputStream(made);
    private final byte[] step = new byte[STEP];
    private byte[] ready = new byte[0];
    private int position;
    private boolean finished;
    private @Nullable InputStream current;

    /**
     * @param files what goes into it; of several with the same name, the first
     * @param places where a file of that name is
     */
    ArchiveStream(List<OutputFile> files, Function<String, Path> places) {
        this.places = places;
        zip.setLevel(Deflater.NO_COMPRESSION);
        Set<String> names = new HashSet<>();
        files.stream().filter(file -> names.add(file.name())).forEach(waiting::add);
    }

    @Override
    public int read() throws IOException {
        return fill() ? ready[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int n = Math.min(length, ready.length - position);
        System.arraycopy(ready, position, into, offset, n);
        position += n;
        return n;
    }

    /** Makes the next bytes if there are none; false at the end. */
    private boolean fill() throws IOException {
        while (position == ready.length && !finished) {
            advance();
            ready = made.toByteArray();
            position = 0;
            made.reset();
        }
        return position < ready.length;
    }

    private void advance() throws IOException {
        InputStream file = current;
        if (file == null) {
            OutputFile next = waiting.poll();
            if (next == null) {
                zip.finish();
                finished = true;
                return;
            }
            zip.putNextEntry(new ZipEntry(next.name()));
            current = Files.newInputStream(places.apply(next.name()), LinkOption.NOFOLLOW_LINKS);
            return;
        }
        int n = file.read(step);
        if (n >= 0) {
            zip.write(step, 0, n);
        } else {
            zip.closeEntry();
            file.close();
            current = null;
        }
    }

    @Override
    public void close() throws IOException {
        finished = true;
        InputStream file = current;
        if (file != null) {
            file.close();
        }
    }
}
