package io.renderfleet.node.server;

import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Watched;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RenderNode;

/** A job of the node as something that is polled. */
record WatchedJob(RenderNode node, EndedAnswers ended, Call call, String id) implements Watched {

    @Override
    public Glimpse now() {
        return glimpse(node.job(id).orElseThrow(JobAnswers::unknown));
    }

    @Override
    public Subscription subscribe(Glimpse since, boolean endOnly, Runnable changed) {
        return node.onChange(id, since.version(), endOnly, view -> changed.run())
                .<Subscription>map(registration -> registration::close)
                .orElse(() -> {});
    }

    private Answer answer(NodeJobView view) {
        return view.state().ended()
                ? ended.of(view, () -> JobAnswers.standing(call, node, view))
                : JobAnswers.accepted(call, view);
    }

    /** Versions count within one boot of the node. */
    private Glimpse glimpse(NodeJobView view) {
        return new Glimpse(
                view.state().ended(), view.version(), node.bootId() + "." + view.version(), () -> answer(view));
    }
}
