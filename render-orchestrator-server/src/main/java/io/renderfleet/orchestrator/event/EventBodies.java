package io.renderfleet.orchestrator.event;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.RenderEvent;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.transport.http.wire.FailureBody;
import io.renderfleet.transport.http.wire.WarningBody;
import io.renderfleet.transport.http.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says how events travel: their name is that of their record with dashes, their data a JSON object with {@code at}, and beside it what
 * the event is about. Folders and the words of a database stay here.
 */
final class EventBodies {
    private EventBodies() {}

    /** Such as {@code frames-accepted}. */
    static String nameOf(RenderEvent event) {
        return event.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    static String dataOf(RenderEvent event) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("at", event.at());
        if (event instanceof JobTransition transition) {
            data.put("job", transition.job().value());
            transition.match(ofJob(data));
        } else if (event instanceof FarmNotice notice) {
            ofFarm(notice, data);
        }
        return new String(Wire.write(data), StandardCharsets.UTF_8);
    }

    /** What is sent of each transition beside its time and its job. */
    private static JobTransition.Cases ofJob(Map<String, Object> data) {
        return new JobTransition.Cases() {
            @Override
            public void onJobSubmitted(JobTransition.JobSubmitted it) {
                put(data, "name", it.request().name().orElse(null));
                data.put("frames", it.request().frames().toString());
                data.put("priority", it.request().priority());
            }

            @Override
            public void onBatchDispatched(JobTransition.BatchDispatched it) {
                batch(data, it.batch(), it.attempt());
                frames(data, it.frames());
                node(data, it.node());
                data.put("try", it.tryNumber());
            }

            @Override
            public void onBatchAccepted(JobTransition.BatchAccepted it) {
                batch(data, it.batch(), it.attempt());
                node(data, it.node());
            }

            @Override
            public void onBatchShortened(JobTransition.BatchShortened it) {
                batch(data, it.batch(), it.attempt());
                frames(data, it.kept());
            }

            @Override
            public void onFramesAccepted(JobTransition.FramesAccepted it) {
                batch(data, it.batch(), it.attempt());
                frames(data, numbers(it.frames()));
            }

            @Override
            public void onFramesUnverified(JobTransition.FramesUnverified it) {
                batch(data, it.batch(), it.attempt());
                frames(data, it.frames());
            }

            @Override
            public void onBatchEnded(JobTransition.BatchEnded it) {
                batch(data, it.batch(), it.attempt());
                data.put("outcome", it.outcome().name().toLowerCase(Locale.ROOT));
                failure(data, it.failure());
            }

            @Override
            public void onFramesFailed(JobTransition.FramesFailed it) {
                frames(data, it.frames());
                failure(data, it.failure());
            }

            @Override
            public void onFramesRetried(JobTransition.FramesRetried it) {
                frames(data, it.frames());
            }

            @Override
            public void onJobWarned(JobTransition.JobWarned it) {
                data.put("warnings", WarningBody.of(it.warnings()));
            }

            @Override
            public void onSceneReported(JobTransition.SceneReported it) {
                FrameRate rate = it.frameRate();
                if (rate != null) {
                    data.put("frameRate", rate.toString());
                }
                if (it.baked() != null) {
                    data.put("baked", true);
                }
            }

            @Override
            public void onJobPaused(JobTransition.JobPaused it) {
                // There is nothing to say but that it happened.
            }

            @Override
            public void onJobResumed(JobTransition.JobResumed it) {
                // There is nothing to say but that it happened.
            }

            @Override
            public void onJobReprioritized(JobTransition.JobReprioritized it) {
                data.put("priority", it.priority());
            }

            @Override
            public void onJobEnded(JobTransition.JobEnded it) {
                data.put("state", it.state().wireName());
                failure(data, it.failure());
            }

            @Override
            public void onJobForgotten(JobTransition.JobForgotten it) {
                // There is nothing to say but that it happened.
            }
        };
    }

    private static void ofFarm(FarmNotice notice, Map<String, Object> data) {
        if (notice instanceof FarmNotice.BatchProgressed it) {
            BatchProgress progress = it.progress();
            data.put("job", it.job().value());
            data.put("batch", it.batch().value());
            data.put("finished", progress.finished().toString());
            put(data, "frame", progress.currentFrame());
            data.put("sample", progress.sample());
            data.put("samples", progress.samples());
        } else if (notice instanceof FarmNotice.NodeUp it) {
            node(data, it.node());
            data.put("url", it.address().toString());
        } else if (notice instanceof FarmNotice.NodeRestarted it) {
            node(data, it.node());
        } else if (notice instanceof FarmNotice.NodeSuspected it) {
            node(data, it.node());
            data.put("cause", it.cause());
        } else if (notice instanceof FarmNotice.NodeLost it) {
            node(data, it.node());
            data.put("cause", it.cause());
        } else if (notice instanceof FarmNotice.NodeDraining it) {
            node(data, it.node());
        } else if (notice instanceof FarmNotice.NodeQuarantined it) {
            node(data, it.node());
            data.put("seconds", it.until().toSeconds());
            data.put("cause", it.cause());
        } else if (notice instanceof FarmNotice.NodeLeft it) {
            node(data, it.node());
        }
        // Of the others nothing is sent but that they happened: the words of a database stay here.
    }

    private static FrameSet numbers(List<FrameOutput> frames) {
        return frames.stream().map(frame -> FrameSet.of(frame.frame())).reduce(FrameSet.empty(), FrameSet::union);
    }

    private static void batch(Map<String, Object> data, BatchId batch, AttemptId attempt) {
        data.put("batch", batch.value());
        data.put("attempt", attempt.toString());
    }

    private static void frames(Map<String, Object> data, FrameSet frames) {
        data.put("frames", frames.toString());
    }

    private static void node(Map<String, Object> data, @Nullable NodeId node) {
        put(data, "node", node == null ? null : node.value());
    }

    private static void failure(Map<String, Object> data, @Nullable Failure failure) {
        put(data, "failure", FailureBody.of(failure));
    }

    private static void put(Map<String, Object> data, String name, @Nullable Object value) {
        if (value != null) {
            data.put(name, value);
        }
    }
}
