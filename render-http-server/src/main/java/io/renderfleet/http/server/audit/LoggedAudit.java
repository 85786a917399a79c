package io.renderfleet.http.server.audit;

import io.renderfleet.http.server.AuditLog;
import io.renderfleet.http.server.AuditedCall;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An audit log of the same lines as messages of the logger {@code audit}, at its level INFO. Thread-safe. */
public final class LoggedAudit implements AuditLog {
    private static final Logger AUDIT = LoggerFactory.getLogger("audit");

    private final InstantSource clock;

    /**
     * Prepares to log.
     *
     * @param clock says when a call was answered
     */
    public LoggedAudit(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void record(AuditedCall call) {
        if (AUDIT.isInfoEnabled()) {
            AUDIT.info(AuditLine.of(clock.instant(), call));
        }
    }
}
