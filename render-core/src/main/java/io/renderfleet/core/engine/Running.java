package io.renderfleet.core.engine;

import io.renderfleet.core.model.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A batch that runs, and when it will probably end. */
record Running(OpenBatch batch, Forecast forecast) {

    /** The running batches for which something holds and of whose end anything is known, of jobs that go on. */
    static List<Running> of(Farm farm, Predicate<OpenBatch> which) {
        List<Running> all = new ArrayList<>();
        for (ActiveJob job : farm.running) {
            if (job.isEnding() || job.ledger.isPaused() || job.bake.holds()) {
                continue;
            }
            for (OpenBatch batch : job.openBatches()) {
                boolean wanted = batch.state() == Batch.State.RUNNING && which.test(batch);
                Forecast forecast = wanted ? Forecast.of(batch, farm.nanos()) : null;
                if (forecast != null) {
                    all.add(new Running(batch, forecast));
                }
            }
        }
        return all;
    }

    double untouchedSeconds() {
        return forecast.untouched().size() * forecast.frame();
    }
}
