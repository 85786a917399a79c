package io.renderfleet.orchestrator;

import io.renderfleet.auth.FileTokens;
import io.renderfleet.auth.TokenListFile;
import io.renderfleet.auth.TokenVerifier;
import io.renderfleet.http.server.AuditLog;
import io.renderfleet.http.server.RateLimit;
import io.renderfleet.http.server.audit.AuditFile;
import io.renderfleet.http.server.audit.LoggedAudit;
import io.renderfleet.http.server.cli.Flags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that say who is let in and what is taken down about it. What they open is opened once and used by every server made of them. */
final class AccessOptions {
    private static final long MIB = 1L << 20;
    private static final String OWN_LOG = "-";

    @Option(
            names = "--tokens-file",
            paramLabel = "FILE",
            description =
                    "Lets in who sends a token that 'render tokens' has added to this file, which holds hashes only."
                            + " It is read again when it changes.")
    private @Nullable Path tokensFile;

    @Option(
            names = "--read-others",
            defaultValue = "status",
            paramLabel = "WHAT",
            description =
                    "What submitters may read of jobs that they do not own: all, status (neither frames nor logs) or"
                            + " nothing, as if they were not there (default: ${DEFAULT-VALUE}).")
    private String readOthers = "status";

    @Option(
            names = "--sign-in-limit",
            defaultValue = "60/m",
            paramLabel = "N/UNIT",
            description =
                    "How often an address may call without a valid token, such as 60/m (default: ${DEFAULT-VALUE}).")
    private String signInLimit = "60/m";

    @Option(
            names = "--audit-log",
            paramLabel = "FILE",
            description =
                    "Takes down changes and refusals, one JSON object a line, in this file; - is the program's own"
                            + " log.")
    private @Nullable String auditLog;

    @Option(
            names = "--audit-log-size",
            defaultValue = "64",
            paramLabel = "MIB",
            description =
                    "How large the audit log may grow before a new one begins, in MiB (default: ${DEFAULT-VALUE}).")
    private int auditLogSize;

    @Option(
            names = "--audit-log-files",
            defaultValue = "10",
            paramLabel = "N",
            description =
                    "How many files the audit log may have, with the one that is written (default: ${DEFAULT-VALUE}).")
    private int auditLogFiles;

    @Mixin
    private OidcOptions oidc = new OidcOptions();

    private @Nullable List<TokenVerifier> verifiers;
    private @Nullable AuditLog audit;

    /** Whether tokens let somebody in. */
    boolean letsIn() {
        return tokensFile != null || oidc.isWanted();
    }

    /**
     * Checks all of them.
     *
     * @throws IllegalArgumentException if one is out of range, in one sentence
     */
    void check() {
        others();
        limit();
        oidc.check();
        Flags.requireWithin("--audit-log-size", auditLogSize, 1, 1 << 20);
        Flags.requireWithin("--audit-log-files", auditLogFiles, 1, 1_000);
        if (auditLog != null && !auditLog.equals(OWN_LOG)) {
            Path folder = Path.of(auditLog).toAbsolutePath().getParent();
            if (Files.isDirectory(Path.of(auditLog)) || folder == null || !Files.isDirectory(folder)) {
                throw new IllegalArgumentException(
                        "--audit-log is '" + auditLog + "': it must be a file in a folder that is there, or -");
            }
        }
    }

    private ReadOthers others() {
        return Flags.named("--read-others", () -> ReadOthers.parse(readOthers));
    }

    private RateLimit limit() {
        return Flags.named("--sign-in-limit", () -> RateLimit.parse(signInLimit));
    }

    /**
     * Gives what recognizes tokens.
     *
     * @throws IOException if the file of tokens cannot be read
     * @throws IllegalArgumentException if it is no such file
     */
    synchronized List<TokenVerifier> verifiers() throws IOException {
        if (verifiers == null) {
            List<TokenVerifier> made = new ArrayList<>();
            if (tokensFile != null) {
                made.add(fileTokens(tokensFile));
            }
            oidc.verifier().ifPresent(made::add);
            verifiers = made;
        }
        return verifiers;
    }

    private static TokenVerifier fileTokens(Path file) throws IOException {
        try {
            return new FileTokens(new TokenListFile(file), InstantSource.system());
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException(
                    "--tokens-file " + file + " is not there: 'render tokens add' makes it", missing);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--tokens-file " + wrong.getMessage(), wrong);
        }
    }

    private synchronized AuditLog audit() throws IOException {
        if (audit == null) {
            audit = auditLog == null
                    ? AuditLog.NONE
                    : auditLog.equals(OWN_LOG)
                            ? new LoggedAudit(InstantSource.system())
                            : new AuditFile(
                                    Path.of(auditLog), auditLogSize * MIB, auditLogFiles, InstantSource.system());
        }
        return audit;
    }

    /** Tells a server. */
    void applyTo(OrchestratorServerBuilder server) throws IOException {
        verifiers().forEach(server::tokens);
        server.readOthers(others()).signInLimit(limit()).audit(audit());
    }
}
