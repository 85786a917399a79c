package io.renderfleet.benchmarks.attack;

import java.io.IOException;
import java.util.Locale;

/** Sends a scene just fast enough not to be cut off, and begins again when it was refused. */
final class SlowUpload implements Runnable {
    private static final int ADDRESS = 10;
    private static final int BYTES_A_SECOND = 8_500;
    private static final long LENGTH = 4_000_000_000L;

    private final Attackers attackers;
    private final int number;

    SlowUpload(Attackers attackers, int number) {
        this.attackers = attackers;
        this.number = number;
    }

    @Override
    public void run() {
        try {
            while (attackers.goesOn()) {
                upload();
                Thread.sleep(1_000);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void upload() throws InterruptedException {
        String path = String.format(Locale.ROOT, "/scenes/%064x", number + 77);
        try (LoopbackConnection connection = attackers.connect(ADDRESS + number % 2)) {
            connection.send(LoopbackConnection.bytes(LoopbackConnection.head("PUT", path, LENGTH)));
            attackers.count("slow uploads");
            byte[] bit = new byte[BYTES_A_SECOND];
            while (attackers.goesOn()) {
                connection.send(bit);
                Thread.sleep(1_000);
            }
        } catch (IOException refused) {
            attackers.count("slow uploads refused");
        }
    }
}
