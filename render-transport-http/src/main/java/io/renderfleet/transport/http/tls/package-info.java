/**
 * TLS by PEM files, for servers and clients alike: read, checked, and read again when they change.
 *
 * <p>Entry point: {@link io.renderfleet.transport.http.tls.TlsFiles}.
 */
@NullMarked
package io.renderfleet.transport.http.tls;

import org.jspecify.annotations.NullMarked;
