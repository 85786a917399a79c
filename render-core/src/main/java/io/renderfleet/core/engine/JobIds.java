package io.renderfleet.core.engine;

import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Makes ids that begin with the job's name, as far as that can stand in a URL. */
final class JobIds {
    private static final int MOST_OF_A_NAME = 60;

    private JobIds() {}

    static JobId fresh(RenderRequest request, RandomGenerator random, Predicate<JobId> taken) {
        String start = start(request.name().orElse("job"));
        JobId id = next(start, random);
        while (taken.test(id)) {
            id = next(start, random);
        }
        return id;
    }

    private static JobId next(String start, RandomGenerator random) {
        return new JobId(start + "-" + String.format(Locale.ROOT, "%08x", random.nextInt()));
    }

    private static String start(String name) {
        String plain =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        return plain.isEmpty() ? "job" : plain.substring(0, Math.min(plain.length(), MOST_OF_A_NAME));
    }
}
