package io.renderfleet.discovery.etcd;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for etcd, but not for long. */
final class EtcdCalls {
    private static final long PATIENCE_SECONDS = 5;

    private EtcdCalls() {}

    /**
     * Waits for an answer.
     *
     * @throws IOException if none comes within 5 s, or it is an error, with a sentence for the log
     */
    static <T> T answer(CompletableFuture<T> call) throws IOException {
        try {
            return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(why(e), e);
        } catch (TimeoutException e) {
            call.cancel(true);
            throw new IOException("no answer within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    static String why(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String plain = String.valueOf(cause.getMessage()).replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 200 ? plain.substring(0, 200) + "…" : plain;
    }
}
