package io.renderfleet.benchmarks.attack;

import java.io.IOException;

/** Sends submissions that are wrong at the end, each second one with a key, from an address of its own for each thread. */
final class RefusedBodies implements Runnable {
    static final int THREADS = 8;
    private static final int FIRST_ADDRESS = 20;
    private static final String WRONG = "{\"frames\": \"" + "1,".repeat(1_000) + "nonsense\"}";

    private final Attackers attackers;
    private final int number;

    RefusedBodies(Attackers attackers, int number) {
        this.attackers = attackers;
        this.number = number;
    }

    @Override
    public void run() {
        double perSecond = (double) attackers.force().refused() / THREADS;
        double began = attackers.seconds();
        int sent = 0;
        LoopbackConnection connection = null;
        try {
            while (attackers.goesOn()) {
                double ahead = sent / perSecond - (attackers.seconds() - began);
                if (ahead > 0.001) {
                    Thread.sleep((long) (ahead * 1_000));
                }
                sent++;
                try {
                    if (connection == null) {
                        connection = attackers.connect(FIRST_ADDRESS + number);
                    }
                    connection.send(request(sent));
                    attackers.count("bodies answered with " + connection.answer());
                } catch (IOException closed) {
                    attackers.count("bodies cut off");
                    if (connection != null) {
                        connection.close();
                    }
                    connection = null;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] request(int sent) {
        String type = "Content-Type: application/json";
        String key = "Idempotency-Key: wrong-" + number + "-" + sent;
        String head = sent % 2 == 0
                ? LoopbackConnection.head("POST", "/render", WRONG.length(), type)
                : LoopbackConnection.head("POST", "/render", WRONG.length(), type, key);
        return LoopbackConnection.bytes(head + WRONG);
    }
}
