package io.renderfleet.testkit.sim;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Brings calls to stations and answers back, with latency; loses, doubles, delays and misroutes them. */
final class Network {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long NO_ANSWER = -1;

    private final EventQueue events;
    private final FaultDice dice;
    private final Trace trace;
    private final Duration latency;
    private final Map<URI, SimulatedServer> stations = new LinkedHashMap<>();
    private final Map<CallKind, Long> calls = new EnumMap<>(CallKind.class);

    /**
     * A call: what the server does, and what the caller gets if the server does not answer.
     *
     * @param whenLost gets the cause, and whether the call may have arrived
     */
    record Call<T>(
            CallKind kind,
            Duration held,
            BiConsumer<SimulatedServer, Consumer<T>> service,
            Function<Loss, T> whenLost) {}

    /** Why there is no answer. */
    record Loss(String cause, boolean maybeArrived) {}

    Network(EventQueue events, FaultDice dice, Trace trace, Duration latency) {
        this.events = events;
        this.dice = dice;
        this.trace = trace;
        this.latency = latency;
    }

    void connect(SimulatedServer server) {
        stations.put(server.address(), server);
    }

    Map<CallKind, Long> calls() {
        return calls;
    }

    /** One call under way. */
    private final class Exchange<T> {
        private final Coordinator from;
        private final Call<T> call;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private boolean settled;

        Exchange(Coordinator from, Call<T> call) {
            this.from = from;
            this.call = call;
        }

        void settle(T outcome) {
            if (!settled) {
                settled = true;
                from.deliver(() -> answer.complete(outcome));
            }
        }

        void lose(Loss loss) {
            settle(call.whenLost().apply(loss));
        }

        void giveUpLater() {
            events.after(
                    TIMEOUT.plus(call.held()),
                    () -> lose(new Loss(
                            "no answer within " + TIMEOUT.plus(call.held()).toSeconds() + " s", true)));
        }
    }

    <T> CompletionStage<T> call(Coordinator from, URI to, Call<T> call) {
        Exchange<T> exchange = new Exchange<>(from, call);
        if (!from.acts()) {
            return exchange.answer;
        }
        calls.merge(call.kind(), 1L, Long::sum);
        CallKind kind = call.kind();
        SimulatedServer server = stations.get(to);
        if (server == null) {
            events.after(latency, () -> exchange.lose(new Loss("unknown host", false)));
            return exchange.answer;
        }
        if (stations.size() > 1 && dice.strikes(Fault.MISROUTED, kind)) {
            server = misroute(exchange, server);
        }
        if (dice.strikes(Fault.HUNG_CALL, kind)) {
            hang(exchange, server);
            return exchange.answer;
        }
        boolean lost = dice.strikes(Fault.LOST_REQUEST, kind);
        DrawnFault lostResponse = dice.draw(Fault.LOST_RESPONSE, kind);
        DrawnFault late = dice.draw(Fault.LATE_REQUEST, kind);
        DrawnFault lateResponse = dice.draw(Fault.LATE_RESPONSE, kind);
        if (lost
                || lostResponse.isDue()
                || late.isDue()
                || lateResponse.isDue()
                || !call.held().isZero()) {
            exchange.giveUpLater();
        }
        if (lost) {
            trace.add("net", kind + " to " + to.getHost() + " is lost");
            return exchange.answer;
        }
        long delay = late.isDue() ? dice.span(Fault.LATE_REQUEST, 5, 300) : latency.toNanos();
        if (late.isDue() || lostResponse.isDue() || lateResponse.isDue()) {
            String what = late.isDue()
                    ? " is late"
                    : lostResponse.isDue() ? " will have no answer" : " will be answered late";
            trace.add("net", kind + " to " + to.getHost() + what);
        }
        long back = lateResponse.isDue() ? dice.span(Fault.LATE_RESPONSE, 0.05, 60) : latency.toNanos();
        DrawnFault answer = lostResponse.isDue() ? lostResponse : lateResponse;
        send(exchange, server, delay, lostResponse.isDue() ? NO_ANSWER : back, List.of(late, answer));
        DrawnFault duplicate = dice.draw(Fault.DUPLICATE, kind);
        if (duplicate.isDue()) {
            trace.add("net", kind + " to " + to.getHost() + " is doubled");
            long again = delay + dice.span(Fault.DUPLICATE, 0.001, 100);
            send(exchange, server, again, NO_ANSWER, List.of(duplicate));
        }
        return exchange.answer;
    }

    /**
     * The caller does not learn that a call is lost. The answer about a batch that arrived may come when the caller no longer waits for
     * it.
     */
    private <T> void hang(Exchange<T> exchange, SimulatedServer server) {
        CallKind kind = exchange.call.kind();
        double size = dice.size(Fault.HUNG_CALL);
        boolean arrives = size > 0.3;
        boolean answered = size > 0.6 && kind == CallKind.SUBMIT;
        trace.add("net", kind + " to " + server.address().getHost() + " hangs" + (arrives ? ", and arrives" : ""));
        long back = dice.span(Fault.HUNG_CALL, 1, 1_000);
        if (arrives) {
            events.after(
                    latency,
                    () -> server.receive(() -> exchange.call
                            .service()
                            .accept(
                                    server,
                                    answered
                                            ? outcome -> events.after(back, () -> exchange.settle(outcome))
                                            : outcome -> {})));
        }
    }

    private <T> SimulatedServer misroute(Exchange<T> exchange, SimulatedServer meant) {
        List<SimulatedServer> others = new ArrayList<>(stations.values());
        others.remove(meant);
        SimulatedServer other = others.get((int) (dice.size(Fault.MISROUTED) * others.size()));
        CallKind kind = exchange.call.kind();
        trace.add(
                "net",
                kind + " for " + meant.address().getHost() + " goes to "
                        + other.address().getHost());
        return other;
    }

    /**
     * Sends a call.
     *
     * @param back how long the answer takes on its way back, in nanoseconds; {@link #NO_ANSWER} for one that never comes
     * @param strikes the faults that have struck it once it arrives
     */
    private <T> void send(
            Exchange<T> exchange, SimulatedServer server, long delay, long back, List<DrawnFault> strikes) {
        events.after(delay, () -> {
            Consumer<T> reply =
                    back == NO_ANSWER ? nothing -> {} : outcome -> events.after(back, () -> exchange.settle(outcome));
            if (!server.isAwake()) {
                exchange.giveUpLater();
            }
            boolean there = server.receive(() -> exchange.call.service().accept(server, reply));
            if (there) {
                strikes.forEach(DrawnFault::strikes);
            } else {
                events.after(latency, () -> exchange.lose(new Loss("connection refused", false)));
            }
        });
    }
}
