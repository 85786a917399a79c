package io.renderfleet.core.event;

import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderWarning;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store keeps of a job: replayed in order, the transitions of a job give the job as it stands.
 *
 * <p>Callers that switch over transitions keep a default branch, so that kinds can be added.
 */
public sealed interface JobTransition extends RenderEvent {

    /**
     * Returns whose transition it is.
     *
     * @return the job
     */
    JobId job();

    /**
     * A job was submitted.
     *
     * @param at when it happened
     * @param job the job
     * @param request what was asked, its local scene with a digest
     * @param folder where its frames are published
     */
    record JobSubmitted(Instant at, JobId job, RenderRequest request, Path folder) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onJobSubmitted(this);
        }
    }

    /**
     * A batch is about to be handed to a node: written before anything is sent, so that it can be taken up again.
     *
     * @param at when it happened
     * @param job the job
     * @param batch the batch
     * @param frames which frames
     * @param attempt the attempt
     * @param target the target
     * @param node who that is, if known
     * @param tryNumber the number of this try of these frames, from 1
     * @param speculationOn the running batch whose frames this one renders a second time, or null
     * @param scene which form of the scene it gets
     */
    record BatchDispatched(
            Instant at,
            JobId job,
            BatchId batch,
            FrameSet frames,
            AttemptId attempt,
            URI target,
            @Nullable NodeId node,
            int tryNumber,
            @Nullable BatchId speculationOn,
            SceneUse scene)
            implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onBatchDispatched(this);
        }
    }

    /**
     * A node took a batch.
     *
     * @param at when it happened
     * @param job the job
     * @param batch the batch
     * @param attempt the attempt
     * @param remoteId what it is called there
     * @param node who took it, if it said so
     */
    record BatchAccepted(
            Instant at,
            JobId job,
            BatchId batch,
            AttemptId attempt,
            String remoteId,
            @Nullable NodeId node) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onBatchAccepted(this);
        }
    }

    /**
     * A running batch gave frames up; they wait again.
     *
     * @param at when it happened
     * @param job the job
     * @param batch the batch
     * @param attempt the attempt
     * @param kept what it goes on with
     */
    record BatchShortened(Instant at, JobId job, BatchId batch, AttemptId attempt, FrameSet kept)
            implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onBatchShortened(this);
        }
    }

    /**
     * Frames were fetched, checked and published.
     *
     * @param at when it happened
     * @param job the job
     * @param batch the batch
     * @param attempt the attempt
     * @param frames the frames with their files
     */
    record FramesAccepted(Instant at, JobId job, BatchId batch, AttemptId attempt, List<FrameOutput> frames)
            implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onFramesAccepted(this);
        }
    }

    /**
     * A node said that it rendered frames but cannot show them.
     *
     * @param at when it happened
     * @param job the job
     * @param batch the batch
     * @param attempt the attempt
     * @param frames the frames
     */
    record FramesUnverified(Instant at, JobId job, BatchId batch, AttemptId attempt, FrameSet frames)
            implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onFramesUnverified(this);
        }
    }

    /**
     * An attempt is over; frames of it that are neither accepted nor failed wait again.
     *
     * @param at when it happened
     * @param job the job
     * @param batch the batch
     * @param attempt the attempt
     * @param outcome how
     * @param failure why, unless it went well
     * @param executedBy who did the work, where that is another one than was asked, as with a pool
     * @param facts what was seen of it
     */
    record BatchEnded(
            Instant at,
            JobId job,
            BatchId batch,
            AttemptId attempt,
            BatchOutcome outcome,
            @Nullable Failure failure,
            @Nullable NodeId executedBy,
            AttemptFacts facts)
            implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onBatchEnded(this);
        }
    }

    /**
     * Frames are given up.
     *
     * @param at when it happened
     * @param job the job
     * @param frames the frames
     * @param failure why
     */
    record FramesFailed(Instant at, JobId job, FrameSet frames, Failure failure) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onFramesFailed(this);
        }
    }

    /**
     * Frames that were given up wait again, because somebody asked for it.
     *
     * @param at when it happened
     * @param job the job
     * @param frames the frames
     */
    record FramesRetried(Instant at, JobId job, FrameSet frames) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onFramesRetried(this);
        }
    }

    /**
     * Frames are rendered otherwise than the scene says, or something else is to be known about them.
     *
     * @param at when it happened
     * @param job the job
     * @param warnings what was not known before
     */
    record JobWarned(Instant at, JobId job, List<RenderWarning> warnings) implements JobTransition {
        /** Copies the list. */
        public JobWarned {
            warnings = List.copyOf(warnings);
        }

        @Override
        public void match(Cases cases) {
            cases.onJobWarned(this);
        }
    }

    /**
     * Something was found out about the scene that is to be known after a restart, too.
     *
     * @param at when it happened
     * @param job the job
     * @param frameRate how many frames its film shows in a second, or null where that is no news
     * @param baked the scene with its simulations baked, which is in the store of scenes, or null where there is none yet
     */
    record SceneReported(
            Instant at,
            JobId job,
            @Nullable FrameRate frameRate,
            @Nullable BakedScene baked) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onSceneReported(this);
        }
    }

    /**
     * Nothing of the job is dispatched until it is resumed.
     *
     * @param at when it happened
     * @param job the job
     */
    record JobPaused(Instant at, JobId job) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onJobPaused(this);
        }
    }

    /**
     * The job goes on.
     *
     * @param at when it happened
     * @param job the job
     */
    record JobResumed(Instant at, JobId job) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onJobResumed(this);
        }
    }

    /**
     * The job is more or less urgent than before.
     *
     * @param at when it happened
     * @param job the job
     * @param priority the new one
     */
    record JobReprioritized(Instant at, JobId job, int priority) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onJobReprioritized(this);
        }
    }

    /**
     * The job is over.
     *
     * @param at when it happened
     * @param job the job
     * @param state in which state
     * @param failure why, unless it completed
     */
    record JobEnded(
            Instant at, JobId job, JobState state, @Nullable Failure failure) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onJobEnded(this);
        }
    }

    /**
     * The job was removed for its age.
     *
     * @param at when it happened
     * @param job the job
     */
    record JobForgotten(Instant at, JobId job) implements JobTransition {
        @Override
        public void match(Cases cases) {
            cases.onJobForgotten(this);
        }
    }

    /**
     * Calls the method for this kind of transition.
     *
     * @param cases one method for each kind
     */
    void match(Cases cases);

    /**
     * One method for each kind of transition, so that a kind that is added is missing wherever something must be decided about each. It grows with
     * the kinds: what need not know all of them asks with {@code instanceof} and keeps a default branch.
     */
    interface Cases {
        /**
         * Handles {@link JobSubmitted}.
         *
         * @param it the transition
         */
        void onJobSubmitted(JobSubmitted it);

        /**
         * Handles {@link BatchDispatched}.
         *
         * @param it the transition
         */
        void onBatchDispatched(BatchDispatched it);

        /**
         * Handles {@link BatchAccepted}.
         *
         * @param it the transition
         */
        void onBatchAccepted(BatchAccepted it);

        /**
         * Handles {@link BatchShortened}.
         *
         * @param it the transition
         */
        void onBatchShortened(BatchShortened it);

        /**
         * Handles {@link FramesAccepted}.
         *
         * @param it the transition
         */
        void onFramesAccepted(FramesAccepted it);

        /**
         * Handles {@link FramesUnverified}.
         *
         * @param it the transition
         */
        void onFramesUnverified(FramesUnverified it);

        /**
         * Handles {@link BatchEnded}.
         *
         * @param it the transition
         */
        void onBatchEnded(BatchEnded it);

        /**
         * Handles {@link FramesFailed}.
         *
         * @param it the transition
         */
        void onFramesFailed(FramesFailed it);

        /**
         * Handles {@link FramesRetried}.
         *
         * @param it the transition
         */
        void onFramesRetried(FramesRetried it);

        /**
         * Handles {@link JobWarned}.
         *
         * @param it the transition
         */
        void onJobWarned(JobWarned it);

        /**
         * Handles {@link SceneReported}.
         *
         * @param it the transition
         */
        void onSceneReported(SceneReported it);

        /**
         * Handles {@link JobPaused}.
         *
         * @param it the transition
         */
        void onJobPaused(JobPaused it);

        /**
         * Handles {@link JobResumed}.
         *
         * @param it the transition
         */
        void onJobResumed(JobResumed it);

        /**
         * Handles {@link JobReprioritized}.
         *
         * @param it the transition
         */
        void onJobReprioritized(JobReprioritized it);

        /**
         * Handles {@link JobEnded}.
         *
         * @param it the transition
         */
        void onJobEnded(JobEnded it);

        /**
         * Handles {@link JobForgotten}.
         *
         * @param it the transition
         */
        void onJobForgotten(JobForgotten it);
    }
}
