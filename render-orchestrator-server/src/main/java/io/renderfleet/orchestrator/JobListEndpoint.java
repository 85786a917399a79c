package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.JobFilter;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.transport.http.wire.JobList;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /jobs}: the newest first, by {@code state} (one or several with commas), {@code name} (what it must contain), {@code owner}, {@code limit}
 * and {@code cursor}, which the page before has given as {@code next}.
 */
final class JobListEndpoint implements Endpoint {
    private static final Set<String> PARAMETERS = Set.of("state", "name", "owner", "limit", "cursor");
    private static final int USUAL_LIMIT = 100;
    private static final int MAX_LIMIT = 500;

    private final RenderExecutor farm;
    private final JobRights rights;

    JobListEndpoint(RenderExecutor farm, JobRights rights) {
        this.farm = farm;
        this.rights = rights;
    }

    @Override
    public CompletionStage<Answer> answer(Call call) {
        refuseUnknown(call);
        int limit = limit(call);
        Optional<String> asked = call.query("owner");
        Optional<String> only = rights.onlyOwner(call.caller());
        JobFilter filter = new JobFilter(
                states(call),
                call.query("name").orElse(null),
                only.or(() -> asked).orElse(null),
                position(call),
                limit + 1);
        boolean others = only.isPresent() && asked.isPresent() && !only.equals(asked);
        List<RenderJob> jobs = others ? List.of() : farm.jobs(filter);
        boolean more = jobs.size() > limit;
        List<RenderJob> page = more ? jobs.subList(0, limit) : jobs;
        String next = more ? cursor(page.get(limit - 1)) : null;
        return Answer.json(200, new JobList(page.stream().map(JobBodies::brief).toList(), next))
                .now();
    }

    private static void refuseUnknown(Call call) {
        Set<String> unknown = new TreeSet<>(call.queryNames());
        unknown.removeAll(PARAMETERS);
        if (!unknown.isEmpty()) {
            String name = unknown.iterator().next();
            throw wrong(
                    name.length() > 40 ? name.substring(0, 40) : name,
                    "is not a parameter here: there are " + String.join(", ", new TreeSet<>(PARAMETERS)));
        }
    }

    private static int limit(Call call) {
        String text = call.query("limit").orElse(Integer.toString(USUAL_LIMIT));
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_LIMIT) {
            throw wrong("limit", "must be a number from 1 to " + MAX_LIMIT);
        }
        return Integer.parseInt(text);
    }

    private static Set<JobState> states(Call call) {
        String text = call.query("state").orElse("");
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .map(JobListEndpoint::state)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static JobState state(String word) {
        return Arrays.stream(JobState.values())
                .filter(state -> state.wireName().equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> wrong(
                        "state",
                        "must be any of "
                                + Arrays.stream(JobState.values())
                                        .map(JobState::wireName)
                                        .collect(Collectors.joining(", "))));
    }

    private static JobFilter.@Nullable Position position(Call call) {
        String cursor = call.query("cursor").orElse(null);
        if (cursor == null) {
            return null;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
            return new JobFilter.Position(Instant.parse(parts[0]), new JobId(parts[1]));
        } catch (RuntimeException unreadable) {
            throw wrong("cursor", "must be what a page before has given as next");
        }
    }

    private static String cursor(RenderJob last) {
        String text = last.submittedAt() + " " + last.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RefusedException wrong(String parameter, String rule) {
        return new RefusedException(
                Problem.of(ProblemType.INVALID_REQUEST, parameter + " " + rule).withField(parameter));
    }
}
