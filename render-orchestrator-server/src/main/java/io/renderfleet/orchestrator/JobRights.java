package io.renderfleet.orchestrator;

import io.renderfleet.auth.Role;
import io.renderfleet.http.server.Caller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what a caller may do with a job, by whose the job is.
 *
 * @param others what submitters may read of jobs that they do not own
 * @param maxPriority the highest priority that submitters may give a job
 */
record JobRights(ReadOthers others, int maxPriority) {
    /** Whether a caller may give a job that priority. */
    boolean mayGive(Caller caller, int priority) {
        return priority <= maxPriority || is(caller, Role.OPERATOR) || !is(caller, Role.SUBMITTER);
    }

    /** Whether a caller may know that the job is there, and how it stands. */
    boolean maySee(Caller caller, @Nullable String owner) {
        return others != ReadOthers.NOTHING || readsAll(caller) || owns(caller, owner);
    }

    /** Whether a caller may have what was rendered, and what the renderer said. */
    boolean mayFetch(Caller caller, @Nullable String owner) {
        return others == ReadOthers.ALL || readsAll(caller) || owns(caller, owner);
    }

    boolean mayChange(Caller caller, @Nullable String owner) {
        return is(caller, Role.OPERATOR) || owns(caller, owner);
    }

    /** The only owner whose jobs a caller may see, or empty where it may see those of all. */
    Optional<String> onlyOwner(Caller caller) {
        return others != ReadOthers.NOTHING || readsAll(caller)
                ? Optional.empty()
                : Optional.ofNullable(caller.owner());
    }

    /** A submitter reads by what it owns; to read everything is what a viewer's token is for. */
    private static boolean readsAll(Caller caller) {
        return is(caller, Role.OPERATOR) || !is(caller, Role.SUBMITTER);
    }

    private static boolean owns(Caller caller, @Nullable String owner) {
        return owner != null && owner.equals(caller.owner());
    }

    private static boolean is(Caller caller, Role role) {
        return caller.roles().contains(role.wireName());
    }
}
