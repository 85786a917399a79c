package io.renderfleet.benchmarks.attack;

import java.io.IOException;

/** Submits jobs that can be rendered, as many as it may: at the limit of its rate, until its jobs are as many as one owner may have. */
final class GreedySubmitter implements Runnable {
    private static final int ADDRESS = 40;
    private static final String LARGE = "{\"frames\": \"1-1000\", \"settings\": {\"width\": 64, \"height\": 36}}";
    private static final long PAUSE_MILLIS = 20;

    private final Attackers attackers;

    GreedySubmitter(Attackers attackers) {
        this.attackers = attackers;
    }

    @Override
    public void run() {
        byte[] request = LoopbackConnection.bytes(
                LoopbackConnection.head("POST", "/render", LARGE.length(), "Content-Type: application/json") + LARGE);
        try {
            while (attackers.goesOn()) {
                try (LoopbackConnection connection = attackers.connect(ADDRESS)) {
                    while (attackers.goesOn()) {
                        connection.send(request);
                        attackers.count("greedy jobs answered with " + connection.answer());
                        Thread.sleep(PAUSE_MILLIS);
                    }
                } catch (IOException closed) {
                    attackers.count("greedy jobs cut off");
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
