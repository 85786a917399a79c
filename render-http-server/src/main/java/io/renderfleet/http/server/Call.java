package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.EntityTags;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** What a client asks, as an {@link Endpoint} sees it. Thread-safe, except that a body can be read once. */
public final class Call {
    private static final int MAX_HEADER = 4096;

    private final Request request;
    private final Trace trace;
    private final Map<String, String> path;
    private final Caller caller;
    private final String client;
    private final String context;
    private final CallNotes notes;

    /**
     * A call by nobody who is known yet.
     *
     * @param client where it comes from
     */
    Call(Request request, Trace trace, String client) {
        this(request, trace, client, Map.of(), Caller.NOBODY, new CallNotes());
    }

    private Call(
            Request request, Trace trace, String client, Map<String, String> path, Caller caller, CallNotes notes) {
        this.client = client;
        this.notes = notes;
        this.request = request;
        this.trace = trace;
        this.path = path;
        this.caller = caller;
        this.context = Objects.requireNonNullElse(Request.getContextPath(request), "");
    }

    /** The same call by somebody who is known now, to a route that is known now. */
    Call on(Map<String, String> variables, Caller known) {
        notes.identified(known, variables);
        return new Call(request, trace, client, variables, known, notes);
    }

    /**
     * Returns the method.
     *
     * @return in capital letters
     */
    public String method() {
        return request.getMethod();
    }

    /**
     * Returns a variable of the route's path.
     *
     * @param name as in the template
     * @return its decoded value, never empty
     */
    public String path(String name) {
        return Objects.requireNonNull(path.get(name), () -> "the route has no variable " + name);
    }

    /**
     * Returns a parameter of the query.
     *
     * @param name of the parameter
     * @return its first value, decoded, if there is one
     */
    public Optional<String> query(String name) {
        return Optional.ofNullable(query().getValue(name));
    }

    /**
     * Returns the names of all parameters of the query.
     *
     * @return the names
     */
    public Set<String> queryNames() {
        return Set.copyOf(query().getNames());
    }

    private Fields query() {
        try {
            return Request.extractQueryParameters(request);
        } catch (RuntimeException unreadable) {
            throw new RefusedException(
                    ProblemType.INVALID_REQUEST, "The query of the URL is not encoded as URLs must be.");
        }
    }

    /**
     * Returns a header.
     *
     * @param name of the header, in any case
     * @return its first value, if there is one
     * @throws RefusedException if it is longer than any that is understood here
     */
    public Optional<String> header(String name) {
        String value = request.getHeaders().get(name);
        if (value != null && value.length() > MAX_HEADER) {
            throw new RefusedException(
                    ProblemType.INVALID_REQUEST,
                    "The header " + name + " is longer than " + MAX_HEADER + " characters.");
        }
        return Optional.ofNullable(value);
    }

    /**
     * Returns who calls.
     *
     * @return the caller; {@link Caller#NOBODY} on routes that are open to all
     */
    public Caller caller() {
        return caller;
    }

    /**
     * Returns the address from which the call comes: that of the last hop, since a header could be forged, unless that hop is {@link
     * Router.Builder#trustProxy a trusted proxy}, which says by whom it was called.
     *
     * @return a numeric address
     */
    public String client() {
        return client;
    }

    /**
     * Returns what limits for each address go by.
     *
     * @return {@link #client}, or where that is an IPv6 address the /64 network that it is in: a machine has all addresses of its own
     */
    public String clientNetwork() {
        return ClientAddress.network(client);
    }

    /**
     * Returns what ties this call's log lines together.
     *
     * @return the trace
     */
    public Trace trace() {
        return trace;
    }

    /**
     * Computes something on the current thread. The log lines written meanwhile show this call's trace.
     *
     * @param <T> what is computed
     * @param work computes it
     * @return what {@code work} returns
     */
    public <T> T logging(Supplier<T> work) {
        return trace.inLogsOf(work);
    }

    /**
     * Makes the URL path of something on this server, for {@code Location}.
     *
     * @param pathOnServer encoded, beginning with a slash
     * @return the same below the context path under which an application may have put the handler
     */
    public String location(String pathOnServer) {
        return context.equals("/") ? pathOnServer : context + pathOnServer;
    }

    /**
     * Returns how many bytes the client announces.
     *
     * @return the length, or empty where it does not say
     */
    public Optional<Long> contentLength() {
        return request.getLength() < 0 ? Optional.empty() : Optional.of(request.getLength());
    }

    /**
     * Reads a JSON document into memory.
     *
     * @param limit how large and how slow it may be
     * @return its bytes; it fails with a {@link RefusedException} for 415, 413, 408, and a body that breaks off
     */
    public CompletionStage<byte[]> json(BodyLimit limit) {
        requireMediaType("application/json");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return body(limit, buffer -> copy(buffer, bytes)).thenApply(count -> bytes.toByteArray());
    }

    /**
     * Reads a body bit by bit.
     *
     * @param limit how large and how slow it may be
     * @param sink takes it
     * @return how many bytes there were; once it is complete, the sink gets no more. It fails with a {@link RefusedException} for 413,
     *     408, and a body that breaks off, and with the sink's own exception where that one fails
     */
    public CompletionStage<Long> body(BodyLimit limit, BodySink sink) {
        refuseContentCoding();
        notes.read();
        return BodyReader.read(request, limit, sink);
    }

    /**
     * Returns a body as a stream, for code that blocks while it reads and therefore runs on a thread of its own.
     *
     * @param limit how large and how slow it may be
     * @return reads the body; where that goes wrong it throws a {@link RefusedException} for 413, 408, and a body that breaks off
     */
    public InputStream stream(BodyLimit limit) {
        refuseContentCoding();
        BodyReader.refuseTooLarge(request, limit);
        notes.read();
        return new BodyStream(Request.asInputStream(request), limit);
    }

    private void requireMediaType(String wanted) {
        @Nullable String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        String[] parts =
                type == null ? new String[] {""} : type.toLowerCase(Locale.ROOT).split(";");
        boolean right = parts.length > 0 && parts[0].strip().equals(wanted);
        for (int i = 1; i < parts.length && right; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            right = !parameter.startsWith("charset=") || parameter.equals("charset=utf-8");
        }
        if (!right) {
            throw new RefusedException(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be " + wanted + " in UTF-8.");
        }
    }

    private void refuseContentCoding() {
        @Nullable String coding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
            throw new RefusedException(
                    Answer.problem(Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "No Content-Encoding is taken here."))
                            .with(HttpHeader.ACCEPT_ENCODING.asString(), "identity"));
        }
    }

    private static void copy(ByteBuffer from, ByteArrayOutputStream to) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        to.writeBytes(bytes);
    }

    /**
     * Names something for the audit log that the call is about and that is not in the path, such as a job that it has made.
     *
     * @param what kind of thing it is, such as {@code job}
     * @param id its id
     */
    public void about(String what, String id) {
        notes.about(what, id);
    }

    /** Says that the call changes nothing worth an entry in the audit log if it succeeds, such as a lease that is renewed. */
    public void routine() {
        notes.routine();
    }

    CallNotes notes() {
        return notes;
    }

    /** All fields of a name as one list; null where there is none. */
    @Nullable String joined(String name) {
        List<String> values = request.getHeaders().getValuesList(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    /** The states that the client says it knows. */
    Optional<EntityTags> known() {
        return EntityTags.parse(joined(Headers.IF_NONE_MATCH));
    }

    /** Whether an endpoint has begun to read the body. */
    boolean hasBeenRead() {
        return notes.hasBeenRead();
    }

    Request request() {
        return request;
    }
}
