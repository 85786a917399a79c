package io.renderfleet.node.engine;

import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Turns what a program says into lines, in bounded memory even where it never ends a line. */
final class CommandOutput implements Runnable {
    private static final int MAX_LINE = 4096;
    private static final int TAIL = 50;

    private final InputStream in;
    private final EngineSink sink;
    private final Deque<String> tail = new ArrayDeque<>(TAIL);

    CommandOutput(InputStream in, EngineSink sink) {
        this.in = in;
        this.sink = sink;
    }

    @Override
    public void run() {
        StringBuilder line = new StringBuilder();
        char[] buffer = new char[4096];
        try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    take(line, buffer[i]);
                }
            }
        } catch (IOException e) {
            // The pipe broke because the program was ended: nothing more will come.
            line.append(" [output ends here]");
        }
        if (!line.isEmpty()) {
            tell(line);
        }
    }

    private void take(StringBuilder line, char c) {
        if (c == '\n' || c == '\r' || line.length() == MAX_LINE) {
            if (!line.isEmpty()) {
                tell(line);
            }
        }
        if (c != '\n' && c != '\r') {
            line.append(c);
        }
    }

    private void tell(StringBuilder line) {
        String text = line.toString();
        line.setLength(0);
        synchronized (tail) {
            if (tail.size() == TAIL) {
                tail.removeFirst();
            }
            tail.addLast(text);
        }
        sink.accept(new EngineEvent.LogLine(text));
    }

    List<String> tail() {
        synchronized (tail) {
            return List.copyOf(tail);
        }
    }
}
