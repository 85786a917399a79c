package io.renderfleet.core.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What to do where a scene cannot be rendered just as it was saved. Immutable.
 *
 * @param simulation how frames of simulations that are not baked come about
 * @param missing what becomes of frames whose files are missing
 * @param allow what may be done although it changes pixels
 */
public record ScenePolicy(Simulation simulation, MissingFiles missing, Set<Allowance> allow) {

    /** Simulations as is cheapest, missing files fail, nothing that changes pixels is allowed. */
    public static final ScenePolicy DEFAULT = new ScenePolicy(Simulation.AUTO, MissingFiles.FAIL, Set.of());

    /** Copies the set. */
    public ScenePolicy {
        allow = Set.copyOf(allow);
    }

    /**
     * Reads the words of a request.
     *
     * @param simulation a word of {@link Simulation}
     * @param missing a word of {@link MissingFiles}
     * @param allow words of {@link Allowance}
     * @return the policy
     * @throws IllegalArgumentException naming the field, the word and what would be right
     */
    public static ScenePolicy parse(String simulation, String missing, Iterable<String> allow) {
        Set<Allowance> allowed = EnumSet.noneOf(Allowance.class);
        for (String word : allow) {
            allowed.add(parse("allow", word, Allowance.values(), Allowance::wireName));
        }
        return new ScenePolicy(
                parse("simulation", simulation, Simulation.values(), Simulation::wireName),
                parse("missing", missing, MissingFiles.values(), MissingFiles::wireName),
                allowed);
    }

    private static <E extends Enum<E>> E parse(String field, String word, E[] all, Function<E, String> name) {
        for (E each : all) {
            if (name.apply(each).equals(word)) {
                return each;
            }
        }
        String shown = (word.length() > 40 ? word.substring(0, 40) + "…" : word).replaceAll("\\p{Cntrl}", "?");
        throw new IllegalArgumentException(field + " is '" + shown + "': it must be one of "
                + Arrays.stream(all).map(name).collect(Collectors.joining(", ")));
    }

    /**
     * Sets how frames of simulations come about.
     *
     * @param value how
     * @return a changed copy
     */
    public ScenePolicy withSimulation(Simulation value) {
        return new ScenePolicy(value, missing, allow);
    }

    /**
     * Returns the words of {@link #allow}.
     *
     * @return in the order of the enum
     */
    public List<String> allowWords() {
        return allow.stream().sorted().map(Allowance::wireName).toList();
    }
}
