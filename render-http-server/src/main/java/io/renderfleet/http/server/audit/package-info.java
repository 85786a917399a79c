/**
 * Where an {@link io.renderfleet.http.server.AuditLog} writes: {@link io.renderfleet.http.server.audit.AuditFile}, and the logger {@code
 * audit}.
 */
@NullMarked
package io.renderfleet.http.server.audit;

import org.jspecify.annotations.NullMarked;
