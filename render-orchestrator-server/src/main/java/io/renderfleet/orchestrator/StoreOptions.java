package io.renderfleet.orchestrator;

import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.orchestrator.nodekey.Seal;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.store.jdbc.LeasePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The flags that say where jobs are kept, and the store that they describe. */
final class StoreOptions {
    private static final String MEMORY = "memory";
    private static final String H2 = "h2:";
    private static final String POSTGRES = "jdbc:postgresql:";
    private static final String BY_DEFAULT = ".orchestrator/jobs";

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description =
                    "Where jobs are kept: h2:FILE, jdbc:postgresql://HOST/DATABASE, which several orchestrators can"
                            + " share, or memory, which forgets them at the end (default: h2:" + BY_DEFAULT
                            + " in the output root).")
    private @Nullable String store;

    @Option(names = "--store-user", paramLabel = "NAME", description = "Who this is to PostgreSQL.")
    private @Nullable String user;

    @Option(names = "--store-password-file", paramLabel = "FILE", description = "Holds the password for PostgreSQL.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--store-secret-file",
            paramLabel = "FILE",
            description =
                    "Holds a secret of 32 characters or more, the same for all orchestrators that share the store: the keys of"
                            + " nodes lie there sealed with it (default: made beside an h2: store).")
    private @Nullable Path secretFile;

    /**
     * Checks what can be checked without opening anything.
     *
     * @throws IllegalArgumentException if something is wrong or does not go together, in one sentence
     * @throws IOException if a file cannot be read
     */
    void check() throws IOException {
        String chosen = store;
        boolean postgres = chosen != null && chosen.startsWith(POSTGRES);
        if (chosen != null && !postgres && !isMemory() && !isFile(chosen)) {
            throw new IllegalArgumentException("--store is '" + shown(chosen)
                    + "': it must be memory, h2:FILE or jdbc:postgresql://HOST/DATABASE");
        }
        if (chosen != null && postgres && chosen.matches("[^?]*//[^/?]*@.*")) {
            throw new IllegalArgumentException("--store is '" + shown(chosen)
                    + "': user and password do not belong there, but into --store-user and --store-password-file");
        }
        if (isMemory() && secretFile != null) {
            throw new IllegalArgumentException("--store-secret-file is for a --store that outlives the orchestrator");
        }
        if (secretFile != null) {
            var unused = secret(secretFile);
        }
        if (!postgres && (user != null || passwordFile != null)) {
            throw new IllegalArgumentException(
                    "--store-user and --store-password-file are for a --store that is jdbc:postgresql://HOST/DATABASE");
        }
    }

    /**
     * Makes what keeps secrets in the store from who can read it.
     *
     * @param outputRoot where the store's file lies if nothing else is said
     * @return empty if nothing can be kept there
     * @throws IOException if the secret cannot be read
     * @throws IllegalArgumentException if the file holds none
     */
    Optional<Seal> seal(Path outputRoot) throws IOException {
        String chosen = store;
        if (secretFile != null) {
            return Optional.of(secret(secretFile));
        }
        if (isMemory()) {
            return Optional.empty();
        }
        if (chosen != null && !chosen.startsWith(H2)) {
            // Not before the flags are read: one of them says how the log looks.
            Logger log = LoggerFactory.getLogger(StoreOptions.class);
            log.warn("without --store-secret-file the keys of nodes are not kept in the store: after a restart or a"
                    + " take-over, nodes must register again before they can be called");
            return Optional.empty();
        }
        Path file = chosen == null ? outputRoot.resolve(BY_DEFAULT) : Path.of(chosen.substring(H2.length()));
        return Optional.of(Seal.readOrMake(file.resolveSibling(file.getFileName() + ".secret")));
    }

    private static Seal secret(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("--store-secret-file " + file + " is no file");
        }
        try {
            return Seal.read(file);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--store-secret-file: " + wrong.getMessage(), wrong);
        }
    }

    boolean isMemory() {
        return MEMORY.equals(store);
    }

    private static boolean isFile(String chosen) {
        return chosen.startsWith(H2) && chosen.length() > H2.length();
    }

    /** Without what may hold a password: the driver's parameters, and what stands before the host. */
    private static String shown(String chosen) {
        int end = chosen.indexOf('?');
        return (end < 0 ? chosen : chosen.substring(0, end)).replaceFirst("//[^/]*@", "//…@");
    }

    /**
     * Makes the store; nothing is opened yet.
     *
     * @param outputRoot where the file lies if nothing else is said
     * @param password the password from the environment, or null
     * @param self the address of this orchestrator, for others to know
     * @return empty if jobs are to be in memory
     * @throws IOException if the password cannot be read
     */
    Optional<JdbcJobStore> make(Path outputRoot, @Nullable String password, String self) throws IOException {
        String chosen = store;
        if (chosen == null) {
            return Optional.of(JdbcJobStore.h2(outputRoot.resolve(BY_DEFAULT)));
        }
        if (isMemory()) {
            return Optional.empty();
        }
        if (chosen.startsWith(H2)) {
            return Optional.of(JdbcJobStore.h2(Path.of(chosen.substring(H2.length()))));
        }
        List<String> passwords = TokenFile.tokens("--store-password-file", passwordFile, password);
        return Optional.of(JdbcJobStore.postgres(
                chosen, user, passwords.isEmpty() ? null : passwords.get(0), LeasePolicy.of(self)));
    }
}
