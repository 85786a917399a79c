/**
 * Reaches nodes over HTTP/1.1, and holds the wire records that both sides share.
 *
 * <p>May depend on render-core and Jackson.
 */
@NullMarked
package io.renderfleet.transport.http;

import org.jspecify.annotations.NullMarked;
