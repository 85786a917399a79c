package io.renderfleet.transport.http;

import java.net.http.HttpResponse.BodySubscriber;

/**
 * Takes the body of an answer, within bounds.
 *
 * <p>The caller that makes one calls {@link #abandon} once the call is over in any other way than by a whole answer; the JDK does not
 * inform a body subscriber of every such end.
 */
interface Receiver extends BodySubscriber<byte[]> {

    /** Frees what is held. Can be called at any time, from any thread, and again. */
    void abandon();
}
