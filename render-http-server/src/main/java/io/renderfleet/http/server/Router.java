package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.TryExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Jetty handler that sends each call to its endpoint: by method and path, after asking whether the host is ours, whether
 * a change comes from a page of another site, and who calls.
 *
 * <p>It answers every call that reaches it, 404 and 405 included, and never with anything that a client should not see. It goes into any
 * Jetty 12 handler tree, at the root or below a context path. Thread-safe; made by {@link #builder}.
 *
 * <pre>{@code
 * Handler handler = Router.builder()
 *         .callers(new BearerTokens(tokens))
 *         .open("GET", "/health/live", call -> Answer.empty(200).now())
 *         .route("GET", "/job/{id}", call -> job(call.path("id")))
 *         .build();
 * }</pre>
 */
public final class Router extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final List<Resource> resources;
    private final Callers callers;
    private final Access access;
    private final @Nullable HostCheck hosts;
    private final Supplier<String> ids;
    private final CallObserver observer;
    private final AuditLog audit;
    private final AnswerWriter writer;
    private final boolean trustProxy;

    private Router(Builder builder) {
        super(builder.hasQuick() ? InvocationType.NON_BLOCKING : InvocationType.BLOCKING);
        this.resources = List.copyOf(builder.resources.values());
        this.callers = builder.callers;
        this.access = builder.access;
        this.hosts = builder.hosts;
        this.ids = builder.ids;
        this.observer = builder.observer;
        this.audit = builder.audit;
        this.trustProxy = builder.trustProxy;
        this.writer = new AnswerWriter(builder.common);
    }

    /**
     * Begins without any route, open to nobody.
     *
     * @return a new builder, not thread-safe
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        long began = System.nanoTime();
        Trace trace = Trace.of(request.getHeaders(), ids);
        Call call = new Call(request, trace, ClientAddress.of(request, trustProxy));
        Match match = match(request);
        Runnable work = () -> trace.inLogs(() -> dispatch(match, call)
                .whenComplete((answer, failure) -> trace.inLogs(() -> {
                    try {
                        Answer sent = failure == null ? answer : answerTo(failure, call);
                        tell(call, sent, Duration.ofNanos(System.nanoTime() - began));
                        writer.send(call, sent, response, callback);
                    } catch (RuntimeException unsendable) {
                        callback.failed(unsendable);
                    }
                })));
        if (match.isQuick(call.method()) || mayBlockHere(request)) {
            work.run();
        } else {
            executeElsewhere(work, request.getComponents().getExecutor());
        }
        return true;
    }

    /**
     * Whether Jetty has given the call a thread of its own already, since this handler or one around it may block. The server is that of the
     * connection: this handler is in none where another one passes calls on to it.
     */
    private static boolean mayBlockHere(Request request) {
        return request.getConnectionMetaData().getConnector().getServer().getInvocationType()
                != InvocationType.NON_BLOCKING;
    }

    /** On a thread that waits for just this, if there is one. */
    private static void executeElsewhere(Runnable work, Executor executor) {
        if (!TryExecutor.asTryExecutor(executor).tryExecute(work)) {
            executor.execute(work);
        }
    }

    /**
     * Lists what it answers.
     *
     * @return one entry a route, such as {@code GET /job/{id}}, in alphabetical order
     */
    public Set<String> routes() {
        TreeSet<String> all = new TreeSet<>();
        resources.forEach(
                resource -> resource.routes.keySet().forEach(method -> all.add(method + " " + resource.template)));
        return all;
    }

    /** Nobody needs to guess it, so that a fast source of random numbers will do. */
    private static String newId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        // All zeros are no trace (W3C Trace Context).
        return hex.toHexDigits(random.nextLong() | 1) + hex.toHexDigits(random.nextLong());
    }

    private void tell(Call call, Answer answer, Duration took) {
        String template = call.notes().template();
        observer.answered(call.method(), template, answer.status(), took);
        if (call.notes().matters(call.method(), answer.status())) {
            audit.record(call.notes().audited(call, template, answer.status()));
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "{} {} from {}: {} after {} ms",
                    call.method(),
                    Request.getPathInContext(call.request()),
                    call.client(),
                    answer.status(),
                    took.toMillis());
        }
    }

    private CompletionStage<Answer> dispatch(Match match, Call call) {
        try {
            return answer(match, call);
        } catch (RuntimeException failure) {
            return answerTo(failure, call).now();
        }
    }

    private Match match(Request request) {
        Optional<List<String>> parts = PathTemplate.split(Request.getPathInContext(request));
        if (parts.isPresent()) {
            for (Resource resource : resources) {
                Optional<Map<String, String>> variables = resource.template.match(parts.get());
                if (variables.isPresent()) {
                    return new Match(resource, variables.get());
                }
            }
        }
        return Match.NONE;
    }

    private CompletionStage<Answer> answer(Match match, Call call) {
        Resource resource = match.resource;
        if (resource != null) {
            call.notes().matched(resource.template.text());
        }
        requireRightPlace(call.request());
        if (resource != null) {
            return resource(resource, call, match.variables);
        }
        identified(call, Map.of());
        throw new RefusedException(ProblemType.NOT_FOUND, "There is nothing under this path.");
    }

    private void requireRightPlace(Request request) {
        if (hosts != null && !hosts.allows(Request.getServerName(request))) {
            throw new RefusedException(ProblemType.MISDIRECTED, "The Host header names another host.");
        }
        OriginCheck.refuseForeign(request);
    }

    private CompletionStage<Answer> resource(Resource resource, Call call, Map<String, String> variables) {
        Route route = resource.route(call.method());
        if (route != null && route.open) {
            return route.endpoint.answer(call.on(variables, Caller.NOBODY));
        }
        Caller caller = identified(call, variables);
        if (route == null) {
            return resource.withoutRoute(call.method()).now();
        }
        requireRole(caller, call.method(), resource.template.text());
        return route.endpoint.answer(call.on(variables, caller));
    }

    private Caller identified(Call call, Map<String, String> variables) {
        Optional<Caller> caller = callers.identify(call);
        call.notes().by(callers);
        call.notes().identified(caller.orElse(Caller.NOBODY), variables);
        return caller.orElseThrow(() -> new RefusedException(
                Answer.problem(Problem.of(ProblemType.UNAUTHORIZED, "Send a valid token as 'Authorization: Bearer …'."))
                        .with(HttpHeader.WWW_AUTHENTICATE.asString(), "Bearer realm=\"renderfleet\"")));
    }

    private void requireRole(Caller caller, String method, String template) {
        Set<String> needed = access.roles(method, template);
        if (!needed.isEmpty() && Collections.disjoint(needed, caller.roles())) {
            throw RefusedException.needing(needed);
        }
    }

    private static Answer answerTo(Throwable failure, Call call) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RefusedException refused) {
            return refused.answer();
        }
        LOG.error("{} {} failed", call.method(), Request.getPathInContext(call.request()), cause);
        return Answer.problem(Problem.of(
                ProblemType.INTERNAL_ERROR,
                "Its log tells why, under the trace " + call.trace().id() + "."));
    }

    private record Route(Endpoint endpoint, boolean open, boolean quick) {}

    private record Match(@Nullable Resource resource, Map<String, String> variables) {
        static final Match NONE = new Match(null, Map.of());

        boolean isQuick(String method) {
            Route route = resource == null ? null : resource.route(method);
            return route != null && route.quick;
        }
    }

    private record Resource(PathTemplate template, Map<String, Route> routes) {
        @Nullable Route route(String method) {
            Route route = routes.get(method);
            return route == null && method.equals("HEAD") ? routes.get("GET") : route;
        }

        Answer withoutRoute(String method) {
            TreeSet<String> allowed = new TreeSet<>(routes.keySet());
            allowed.add("OPTIONS");
            if (allowed.contains("GET")) {
                allowed.add("HEAD");
            }
            Answer answer = method.equals("OPTIONS")
                    ? Answer.empty(204)
                    : Answer.problem(Problem.of(
                            ProblemType.METHOD_NOT_ALLOWED, "Allowed are " + String.join(", ", allowed) + "."));
            return answer.with(HttpHeader.ALLOW.asString(), String.join(", ", allowed));
        }
    }

    /** Gathers routes. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Resource> resources = new LinkedHashMap<>();
        private final HttpFields.Mutable common = HttpFields.build()
                .put("X-Content-Type-Options", "nosniff")
                .put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .put("Referrer-Policy", "no-referrer")
                .put("Cross-Origin-Resource-Policy", "same-origin")
                .put(HttpHeader.CACHE_CONTROL, "no-store");
        private Callers callers = call -> Optional.empty();
        private Access access = Access.KNOWN;
        private @Nullable HostCheck hosts;
        private CallObserver observer = CallObserver.NONE;
        private AuditLog audit = AuditLog.NONE;
        private boolean trustProxy;
        private Supplier<String> ids = Router::newId;

        private Builder() {}

        /**
         * Adds a route for callers who are known. Where the templates of two routes match the same path, the one that was added first
         * counts, with all its methods.
         *
         * @param method such as {@code GET}, which also answers {@code HEAD} unless that has a route of its own
         * @param template such as {@code /job/{id}} or {@code /files/{path*}}
         * @param endpoint answers
         * @return this builder
         */
        public Builder route(String method, String template, Endpoint endpoint) {
            return add(method, template, new Route(endpoint, false, false));
        }

        /**
         * Adds a route as {@link #route} does, for an endpoint that answers from memory: it is called on the thread that reads what clients
         * send, and other clients wait for it. Only where {@link #callers} are known from memory, too. It saves waking another thread, which
         * costs more than a small answer. In a handler tree of which another part may block it is as any other route.
         *
         * @param method such as {@code GET}, which also answers {@code HEAD} unless that has a route of its own
         * @param template such as {@code /job/{id}}
         * @param endpoint answers without waiting for a disk, a network, or a lock under which others wait for those
         * @return this builder
         */
        public Builder quick(String method, String template, Endpoint endpoint) {
            return add(method, template, new Route(endpoint, false, true));
        }

        /**
         * Adds a route for everybody.
         *
         * @param method such as {@code GET}
         * @param template such as {@code /health/live}
         * @param endpoint answers
         * @return this builder
         */
        public Builder open(String method, String template, Endpoint endpoint) {
            return add(method, template, new Route(endpoint, true, false));
        }

        private boolean hasQuick() {
            return resources.values().stream()
                    .flatMap(resource -> resource.routes.values().stream())
                    .anyMatch(Route::quick);
        }

        private Builder add(String method, String template, Route route) {
            resources
                    .computeIfAbsent(template, text -> new Resource(new PathTemplate(text), new LinkedHashMap<>()))
                    .routes
                    .put(method.toUpperCase(Locale.ROOT), route);
            return this;
        }

        /**
         * Sets who is let in; by default nobody is.
         *
         * @param who identifies callers
         * @return this builder
         */
        public Builder callers(Callers who) {
            this.callers = who;
            return this;
        }

        /**
         * Sets who may do what; by default every known caller may do everything.
         *
         * @param rules give the role that each route needs; routes for everybody need none
         * @return this builder
         */
        public Builder access(Access rules) {
            this.access = rules;
            return this;
        }

        /**
         * Sets the names by which clients may call the server; by default any.
         *
         * @param check knows the names
         * @return this builder
         */
        public Builder hosts(HostCheck check) {
            this.hosts = check;
            return this;
        }

        /**
         * Adds a header to every answer, or replaces one of the usual ones.
         *
         * @param name of the header
         * @param value of the header
         * @return this builder
         */
        public Builder header(String name, String value) {
            common.put(name, value);
            return this;
        }

        /**
         * Makes the ids of calls that come without a trace.
         *
         * @param traceIds gives 32 hexadecimal digits each time; random ones, if this is not called
         * @return this builder
         */
        public Builder traceIds(Supplier<String> traceIds) {
            this.ids = traceIds;
            return this;
        }

        /**
         * Sets a listener for every answer; by default there is none.
         *
         * @param who such as what counts them
         * @return this builder
         */
        public Builder observer(CallObserver who) {
            this.observer = who;
            return this;
        }

        /**
         * Says what takes down changes and refusals; nothing, if this is not called.
         *
         * @param log hears of them
         * @return this builder
         */
        public Builder audit(AuditLog log) {
            this.audit = log;
            return this;
        }

        /**
         * Believes that what connects is a proxy, and takes for {@link Call#client} the last address in {@code X-Forwarded-For}, which that
         * proxy has added. Only where nobody else can connect: everybody else could make up where he comes from.
         *
         * @return this builder
         */
        public Builder trustProxy() {
            this.trustProxy = true;
            return this;
        }

        /**
         * Makes the handler.
         *
         * @return a new handler
         */
        public Router build() {
            return new Router(this);
        }

        /**
         * Makes what answers where a request never reaches the handler, such as one that is not HTTP.
         *
         * @return for {@link org.eclipse.jetty.server.Server#setErrorHandler}; it bears the same headers
         */
        public Request.Handler errors() {
            return new ProblemErrorHandler(common.asImmutable());
        }
    }
}
