/**
 * The HTTP header fields that nodes, orchestrators and their clients share, each read and written in one place.
 *
 * <p>Names are in {@link io.renderfleet.transport.http.header.Headers}; each other class is one field.
 */
@NullMarked
package io.renderfleet.transport.http.header;

import org.jspecify.annotations.NullMarked;
