package io.renderfleet.http.server;

import io.renderfleet.http.server.RateLimiter.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Limits how often an address may call without a valid token: further calls get 429 instead of 401.
 *
 * <p>An address that is over the limit cannot go on guessing either: a token that it has not used before is refused too, right or wrong,
 * until the address has paused. Clients behind the same address that were let in before notice nothing, so that one broken client does not
 * lock out its neighbours. Thread-safe.
 */
public final class SignInLimit implements Callers {
    private static final int MAX_KNOWN = 10_000;

    private final Callers callers;
    private final RateLimit limit;
    private final RateLimiter refusals;
    private final Map<String, Boolean> letIn = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    /**
     * Begins with no address known.
     *
     * @param callers recognizes callers
     * @param limit how many calls without a valid token each address may make
     * @param nanoTime the clock, such as {@link System#nanoTime}
     */
    public SignInLimit(Callers callers, RateLimit limit, LongSupplier nanoTime) {
        this.callers = callers;
        this.limit = limit;
        this.refusals = new RateLimiter(limit, nanoTime);
    }

    /**
     * Identifies the caller.
     *
     * @throws RefusedException with a 429, if the address is over the limit
     */
    @Override
    public Optional<Caller> identify(Call call) {
        Optional<Caller> caller = callers.identify(call);
        if (caller.isPresent() && isLetIn(call.clientNetwork(), caller.get())) {
            return caller;
        }
        Verdict verdict = refusals.take(call.clientNetwork());
        if (!verdict.allowed()) {
            throw new RefusedException(verdict.refusal("Too many calls from this address had no valid token: at most "
                    + limit.calls() + " in " + limit.window().toSeconds() + " s may."));
        }
        return caller;
    }

    private boolean isLetIn(String client, Caller caller) {
        String credential = caller.credential() == null
                ? caller.name()
                : caller.credential().id();
        String known = client + " " + credential;
        synchronized (letIn) {
            if (letIn.get(known) == null) {
                if (refusals.isExhausted(client)) {
                    return false;
                }
                letIn.put(known, true);
            }
            return true;
        }
    }

    @Override
    public boolean stillKnows(Caller caller) {
        return callers.stillKnows(caller);
    }
}
