package io.renderfleet.core.engine;

import io.renderfleet.core.model.Waiting.Kind;

/** Puts into words why nodes get nothing of a job. */
final class WaitTexts {
    private WaitTexts() {}

    /** What is the case with some nodes, in one sentence. */
    static String message(ActiveJob job, Kind kind, int nodes) {
        String who = nodes == 1 ? "1 node " : nodes + " nodes ";
        boolean one = nodes == 1;
        return switch (kind) {
            case LABEL_MISSING ->
                who + (one ? "lacks" : "lack") + " a label of those that the job requires, " + job.requirement.labels()
                        + ".";
            case RENDERER_MISSING -> who + (one ? "does" : "do") + " not have " + renderer(job) + ".";
            case TOO_LITTLE_MEMORY -> who + (one ? "has" : "have") + " too little memory for the job.";
            case REFUSED -> who + (one ? "has" : "have") + " refused the job: " + refusal(job);
            case CANNOT_BAKE -> who + "cannot bake the simulations of the scene, which comes first.";
            case NOT_HEARD_YET -> who + (one ? "has" : "have") + " not answered yet.";
            case NOT_ANSWERING -> who + (one ? "does" : "do") + " not answer.";
            case DRAINING -> who + (one ? "takes" : "take") + " no new work.";
            case QUARANTINED -> who + (one ? "is" : "are") + " in quarantine after failures in a row.";
            case AVOIDED -> who + (one ? "has" : "have") + " failed the job, which goes elsewhere for a while.";
            case THROTTLED -> who + (one ? "asks" : "ask") + " for fewer calls.";
            case SLOTS_TAKEN_ELSEWHERE -> who + (one ? "says" : "say") + " that somebody else has all slots.";
            case HIGHER_PRIORITY -> who + (one ? "renders" : "render") + " jobs of a higher priority.";
            case OTHER_JOBS -> who + (one ? "renders" : "render") + " other jobs.";
            case THIS_JOB -> who + (one ? "renders" : "render") + " other frames of this job.";
            case SLOT_CLEARING -> who + (one ? "has" : "have") + " not confirmed that a stopped batch is gone.";
            case SCENE_ELSEWHERE ->
                who + (one ? "is" : "are") + " free and would have to load the scene; others will be done sooner.";
            case ABOUT_TO_BEGIN -> who + (one ? "is" : "are") + " about to begin.";
            default -> throw new IllegalArgumentException(kind + " is not about nodes");
        };
    }

    private static String renderer(ActiveJob job) {
        String name = job.requirement.renderer();
        return name == null ? "a renderer" : "the renderer " + name;
    }

    private static String refusal(ActiveJob job) {
        return job.nodes.refusals().values().iterator().next().message();
    }

    /** What would change it, in one sentence. */
    static String remedy(Kind kind) {
        return switch (kind) {
            case LABEL_MISSING -> "Give a node the label, or submit the job without it.";
            case RENDERER_MISSING -> "Install it on a node, or submit the job for another renderer.";
            case TOO_LITTLE_MEMORY -> "Add a node with more memory, or make the scene smaller.";
            case REFUSED -> "Mend what the nodes refuse, then retry the job.";
            case CANNOT_BAKE -> "Add a node that bakes, or bake the scene before it is submitted.";
            case NOT_HEARD_YET -> "The nodes have to answer.";
            case NOT_ANSWERING -> "Start them, or mend the way to them.";
            case DRAINING -> "End the drain, or start other nodes.";
            case QUARANTINED -> "Mend what fails there and end the quarantine, or wait.";
            case AVOIDED -> "Look at what failed there, or wait.";
            case THROTTLED, SLOTS_TAKEN_ELSEWHERE -> "The time that they ask for has to pass.";
            case HIGHER_PRIORITY -> "Raise the priority of this job, or add nodes.";
            case OTHER_JOBS -> "This job's turn comes as slots get free; add nodes, or raise its priority.";
            case THIS_JOB -> "They go on with these frames as they finish; add nodes to be done sooner.";
            case SLOT_CLEARING -> "The nodes have to confirm, or be silent for long enough.";
            case SCENE_ELSEWHERE -> "Nodes that have the scene loaded have to get free.";
            case ABOUT_TO_BEGIN -> "Nothing: it begins.";
            default -> throw new IllegalArgumentException(kind + " is not about nodes");
        };
    }
}
