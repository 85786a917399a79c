package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Lets browsers in: a token is exchanged, once, for a session in a cookie that scripts cannot read and that no page of another site can
 * have sent ({@code HttpOnly}, {@code SameSite=Strict}). A change that comes with the cookie also needs the session's CSRF token in
 * {@code X-CSRF-Token}, which only a page of this server can know. Clients that send a token in {@code Authorization} need neither.
 *
 * <p>{@code POST /session} with a token begins a session, {@code GET /session} describes it, {@code DELETE /session} ends it. Sessions are
 * in memory, end after twelve hours, with the process, and once their token has expired or was revoked, and are few: a hundred of one caller,
 * whose oldest makes room for a new one, and a thousand of all. Thread-safe.
 */
public final class Sessions implements Callers {
    /** The name of the cookie. */
    public static final String COOKIE = "renderfleet-session";

    private static final String CSRF = "X-CSRF-Token";
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final int CAPACITY = 1_000;
    private static final int CAPACITY_OF_ONE = 100;
    private static final int SECRET_BYTES = 32;
    private static final Duration LIFE = Duration.ofHours(12);

    private final Callers callers;
    private final boolean needed;
    private final Random random;
    private final LongSupplier nanoTime;
    private final boolean trustProxy;
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    private record Session(Caller caller, String csrf, long begun) {}

    /**
     * Begins without any session.
     *
     * @param callers knows who calls by what is in {@code Authorization}
     * @param needed false if {@code callers} lets everybody in: then nobody needs a session
     * @param random makes what nobody may guess, such as a {@link java.security.SecureRandom}
     * @param nanoTime the clock, such as {@link System#nanoTime}
     * @param trustProxy whether a proxy in front says by {@code X-Forwarded-Proto: https} that a browser came over TLS; the cookie is {@code
     *     Secure} then, as it always is where the server itself speaks TLS
     */
    public Sessions(Callers callers, boolean needed, Random random, LongSupplier nanoTime, boolean trustProxy) {
        this.callers = callers;
        this.needed = needed;
        this.random = random;
        this.nanoTime = nanoTime;
        this.trustProxy = trustProxy;
    }

    /**
     * Adds the routes, which are open: they look by themselves at who calls.
     *
     * @param router gets them
     */
    public void addTo(Router.Builder router) {
        router.open("POST", "/session", this::begin)
                .open("GET", "/session", this::show)
                .open("DELETE", "/session", this::end);
    }

    @Override
    public boolean stillKnows(Caller caller) {
        return callers.stillKnows(caller);
    }

    @Override
    public Optional<Caller> identify(Call call) {
        String id = needed ? cookie(call) : null;
        if (id == null || call.header(HttpHeader.AUTHORIZATION.asString()).isPresent()) {
            return callers.identify(call);
        }
        Optional<Session> session = find(id);
        if (session.isEmpty()) {
            // Without a token there is nobody to find, but it counts as a call without one.
            return callers.identify(call);
        }
        refuseForged(call, session.get());
        return session.map(Session::caller);
    }

    private static void refuseForged(Call call, Session session) {
        if (!SAFE.contains(call.method())
                && !MessageDigest.isEqual(
                        bytes(session.csrf()), bytes(call.header(CSRF).orElse("")))) {
            throw new RefusedException(
                    ProblemType.FORBIDDEN,
                    "A change that comes with a session's cookie needs the session's token in " + CSRF + ".");
        }
    }

    private CompletionStage<Answer> begin(Call call) {
        if (!needed) {
            return show(call);
        }
        Caller caller = callers.identify(call).orElseThrow(Sessions::unknown);
        call.notes().identified(caller, Map.of());
        String id = secret();
        Session session = new Session(caller, secret(), nanoTime.getAsLong());
        synchronized (sessions) {
            forgetOld();
            makeRoomFor(caller);
            sessions.put(id, session);
        }
        return told(session)
                .with(HttpHeader.SET_COOKIE.asString(), cookie(call, id, LIFE))
                .now();
    }

    private CompletionStage<Answer> show(Call call) {
        if (!needed) {
            Caller anybody = callers.identify(call).orElseThrow(Sessions::unknown);
            return Answer.json(200, new SessionBody(false, null, anybody.name(), new TreeSet<>(anybody.roles())))
                    .now();
        }
        Optional<Session> session = Optional.ofNullable(cookie(call)).flatMap(this::find);
        if (session.isEmpty()) {
            callers.identify(call);
            throw unknown();
        }
        return told(session.get()).now();
    }

    private CompletionStage<Answer> end(Call call) {
        String id = cookie(call);
        Optional<Session> session = id == null ? Optional.empty() : find(id);
        session.ifPresent(known -> {
            call.notes().identified(known.caller(), Map.of());
            refuseForged(call, known);
            synchronized (sessions) {
                sessions.remove(id);
            }
        });
        return Answer.empty(204)
                .with(HttpHeader.SET_COOKIE.asString(), cookie(call, "", Duration.ZERO))
                .now();
    }

    /** What a page of this server gets to know. */
    private record SessionBody(boolean login, @Nullable String csrf, String name, Set<String> roles) {}

    private static Answer told(Session session) {
        Caller caller = session.caller();
        return Answer.json(200, new SessionBody(true, session.csrf(), caller.name(), new TreeSet<>(caller.roles())));
    }

    private static RefusedException unknown() {
        return new RefusedException(Problem.of(
                ProblemType.UNAUTHORIZED, "Send a valid token to POST /session as 'Authorization: Bearer …'."));
    }

    private Optional<Session> find(String id) {
        synchronized (sessions) {
            forgetOld();
            return Optional.ofNullable(sessions.get(id)).filter(session -> callers.stillKnows(session.caller()));
        }
    }

    /** The oldest session of a caller who has as many as one may have makes room; else, of all, the oldest of the caller who has most. */
    private void makeRoomFor(Caller caller) {
        Map<String, Long> counts = sessions.values().stream()
                .collect(Collectors.groupingBy(session -> session.caller().name(), Collectors.counting()));
        String greedy = null;
        if (counts.getOrDefault(caller.name(), 0L) >= CAPACITY_OF_ONE) {
            greedy = caller.name();
        } else if (sessions.size() >= CAPACITY) {
            greedy = Collections.max(counts.entrySet(), Map.Entry.comparingByValue())
                    .getKey();
        }
        if (greedy != null) {
            Iterator<Session> eldestFirst = sessions.values().iterator();
            while (!eldestFirst.next().caller().name().equals(greedy)) {
                // Sessions of others stay.
            }
            eldestFirst.remove();
        }
    }

    /** They are in the order of their beginnings. */
    private void forgetOld() {
        long now = nanoTime.getAsLong();
        sessions.values().removeIf(session -> now - session.begun() > LIFE.toNanos());
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String cookie(Call call) {
        return Request.getCookies(call.request()).stream()
                .filter(cookie -> cookie.getName().equals(COOKIE))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse(null);
    }

    private String cookie(Call call, String value, Duration life) {
        return COOKIE + "=" + value + "; Path=" + call.location("/") + "; Max-Age=" + life.toSeconds()
                + "; HttpOnly; SameSite=Strict" + (isSecure(call) ? "; Secure" : "");
    }

    private boolean isSecure(Call call) {
        return call.request().isSecure()
                || (trustProxy
                        && call.header("X-Forwarded-Proto")
                                .filter(scheme -> scheme.strip().equalsIgnoreCase("https"))
                                .isPresent());
    }
}
