package io.renderfleet.core.engine;

/**
 * How much work of a job is done twice on purpose: a part of the whole, and once, beyond that, the frame that would end the job last.
 * Changed by {@link Balancer}. Belongs to the loop.
 */
final class SpeculationBudget {
    private double spentSeconds;
    private boolean exempted;

    /** Whether more may be done twice. */
    boolean allows(double workSeconds, double allowedSeconds, boolean endsLast) {
        return isWithin(workSeconds, allowedSeconds) || (endsLast && !exempted);
    }

    void spend(double workSeconds, double allowedSeconds) {
        if (isWithin(workSeconds, allowedSeconds)) {
            spentSeconds += workSeconds;
        } else {
            exempted = true;
        }
    }

    private boolean isWithin(double workSeconds, double allowedSeconds) {
        return spentSeconds + workSeconds <= allowedSeconds;
    }
}
