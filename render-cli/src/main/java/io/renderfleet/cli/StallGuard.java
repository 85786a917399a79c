package io.renderfleet.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A body that fails when nothing comes for a while, or more than it may have: the deadline of a request in the JDK's client ends with the
 * headers.
 */
final class StallGuard extends FilterInputStream {
    private final ScheduledExecutorService timer;
    private final Duration quiet;
    private final long limit;
    private long taken;
    private volatile boolean stalled;

    StallGuard(InputStream in, ScheduledExecutorService timer, Duration quiet, long limit) {
        super(in);
        this.timer = timer;
        this.quiet = quiet;
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        ScheduledFuture<?> alarm = timer.schedule(this::giveUp, quiet.toMillis(), TimeUnit.MILLISECONDS);
        int n;
        try {
            n = super.read(into, offset, length);
        } catch (IOException failure) {
            throw stalled ? silent() : failure;
        } finally {
            alarm.cancel(false);
        }
        if (stalled) {
            throw silent();
        }
        taken += Math.max(0, n);
        if (taken > limit) {
            throw new IOException("the answer is longer than " + limit + " bytes");
        }
        return n;
    }

    private IOException silent() {
        return new IOException("nothing came for " + quiet.toSeconds() + " s");
    }

    private void giveUp() {
        stalled = true;
        try {
            in.close();
        } catch (IOException gone) {
            // Nobody reads on anyway.
            return;
        }
    }
}
