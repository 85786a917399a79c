package io.renderfleet.benchmarks.attack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Holds as many silent connections as it can, from eight addresses. */
final class IdleCrowd implements Runnable {
    private static final int ADDRESSES = 8;
    private static final int FIRST_ADDRESS = 2;

    private final Attackers attackers;
    private final List<LoopbackConnection> open = new ArrayList<>();

    IdleCrowd(Attackers attackers) {
        this.attackers = attackers;
    }

    void fill() {
        for (int i = open.size(); i < attackers.force().idle() && attackers.goesOn(); i++) {
            try {
                open.add(attackers.connect(FIRST_ADDRESS + i % ADDRESSES));
                attackers.count("silent connections");
            } catch (IOException refused) {
                attackers.count("connections that failed");
            }
        }
    }

    @Override
    public void run() {
        while (attackers.goesOn()) {
            open.removeIf(connection -> {
                boolean gone = connection.isGone();
                if (gone) {
                    connection.close();
                    attackers.count("silent connections closed by the server");
                }
                return gone;
            });
            fill();
        }
    }
}
