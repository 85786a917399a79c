/**
 * Reaches nodes over HTTP/1.1: {@link io.renderfleet.transport.http.HttpTransport} is the entry point.
 *
 * <p>One class turns answers into outcomes for each group of calls ({@code SubmitReplies}, {@code PollReplies}, {@code ControlReplies},
 * {@code Transfers}); {@code Caller} alone touches the network.
 */
@NullMarked
package io.renderfleet.transport.http;

import org.jspecify.annotations.NullMarked;
