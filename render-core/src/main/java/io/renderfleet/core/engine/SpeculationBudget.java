package io.renderfleet.core.engine;

/** How much work of a job is done twice on purpose. Changed by {@link Balancer}. Belongs to the loop. */
final class SpeculationBudget {
    private double spentSeconds;
    private int times;

    /** Whether more may be done twice. The first time always may. */
    boolean allows(double workSeconds, double allowedSeconds) {
        return times == 0 || spentSeconds + workSeconds <= allowedSeconds;
    }

    void spend(double workSeconds) {
        spentSeconds += workSeconds;
        times++;
    }
}
