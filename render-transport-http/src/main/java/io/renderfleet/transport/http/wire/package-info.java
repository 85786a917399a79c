/**
 * What travels: the bodies of requests and answers as records, and the one place where JSON is read and written.
 *
 * <p>Start with {@link io.renderfleet.transport.http.wire.Wire}. Requests are read strictly, into values of {@link
 * io.renderfleet.core.model} or a {@link io.renderfleet.transport.http.wire.BadRequest} that names the field; answers are read leniently.
 */
@NullMarked
package io.renderfleet.transport.http.wire;

import org.jspecify.annotations.NullMarked;
