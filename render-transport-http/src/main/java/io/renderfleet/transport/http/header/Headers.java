package io.renderfleet.transport.http.header;

/** Names of header fields, and the values of them that never change. */
public final class Headers {
    /** The kinds of content that a client takes. */
    public static final String ACCEPT = "Accept";

    /** {@code {farm}/{epoch}/{seq}}: who asks; a node refuses an epoch lower than one that it has seen. */
    public static final String ATTEMPT = "Attempt";

    /** The bearer token (RFC 6750). */
    public static final String AUTHORIZATION = "Authorization";

    /** Another one at each start of a node. */
    public static final String BOOT_ID = "Boot-Id";

    /** What a body is. */
    public static final String CONTENT_TYPE = "Content-Type";

    /** Names the state of what was sent (RFC 9110, section 8.8.3). */
    public static final String ETAG = "ETag";

    /** The same key again on a POST answers with the same job. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** The state that a client knows already (RFC 9110, section 13.1.2); see {@link EntityTags}. */
    public static final String IF_NONE_MATCH = "If-None-Match";

    /** Where a job can be asked for. */
    public static final String LOCATION = "Location";

    /** Who answers. */
    public static final String NODE_ID = "Node-Id";

    /** What a client would like (RFC 7240); see {@link WaitPreference}. */
    public static final String PREFER = "Prefer";

    /** Which preference was followed (RFC 7240, section 3). */
    public static final String PREFERENCE_APPLIED = "Preference-Applied";

    /** Which bytes are asked for (RFC 9110, section 14.2). */
    public static final String RANGE = "Range";

    /** When to ask again (RFC 9110, section 10.2.3); see {@link RetryAfter}. */
    public static final String RETRY_AFTER = "Retry-After";

    /** The trace that a call belongs to (W3C Trace Context). */
    public static final String TRACEPARENT = "traceparent";

    /** On what an answer depends (RFC 9110, section 12.5.5). */
    public static final String VARY = "Vary";

    /** The content type of JSON. */
    public static final String JSON = "application/json";

    /** The content type of JSON with one object a line. */
    public static final String NDJSON = "application/x-ndjson";

    /** The content type of a problem (RFC 9457). */
    public static final String PROBLEM_JSON = "application/problem+json";

    /** The content type of one line of text, and of logs. */
    public static final String TEXT = "text/plain;charset=utf-8";

    /** The value of {@link #PREFERENCE_APPLIED} on an answer that was held. */
    public static final String WAIT = "wait";

    /** The value of {@link #VARY} on how a job stands. */
    public static final String VARY_STATUS = "Accept, Prefer";

    private Headers() {}
}
