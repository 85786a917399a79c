package io.renderfleet.worker;

import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.http.server.cli.SharedStore;
import io.renderfleet.http.server.cli.TlsOptions;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.store.s3.S3Location;
import io.renderfleet.transport.http.ClearText;
import io.renderfleet.transport.http.HttpTransport;
import io.renderfleet.transport.http.HttpTransportBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how a worker gets at scenes and frames that an orchestrator has. */
final class StoreAccessOptions {
    @Option(
            names = "--shared-store-token-file",
            paramLabel = "FILE",
            description = "Holds a token of the role node, where --shared-store is an orchestrator that wants one.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--shared-store-tls-ca",
            paramLabel = "FILE",
            description = "Trusts that orchestrator with a certificate of a CA in this PEM file (default: the CAs that"
                    + " Java trusts).")
    private @Nullable Path ca;

    /**
     * Checks what was set.
     *
     * @param store which store
     * @param environmentToken a token from the environment, or null
     * @param own what protects this program's own connections
     * @return the way to the store
     * @throws IllegalArgumentException if something is wrong or does not go together, in one sentence
     * @throws IOException if a file cannot be read
     */
    WorkerStore check(SharedStore store, @Nullable String environmentToken, TlsOptions own) throws IOException {
        if (!store.isOrchestrator() && (tokenFile != null || ca != null || environmentToken != null)) {
            throw new IllegalArgumentException(
                    "--shared-store-token-file and -tls-ca are for the store of an orchestrator: --shared-store is "
                            + store);
        }
        if (store.isOrchestrator()) {
            return new WorkerStore.OfOrchestrator(store, server(store), calls(server(store), environmentToken, own));
        }
        return store.isBucket() ? new WorkerStore.InBucket(store, bucket(store)) : new WorkerStore.InFolder(store);
    }

    private HttpTransportBuilder calls(URI server, @Nullable String environmentToken, TlsOptions own)
            throws IOException {
        HttpTransportBuilder calls = HttpTransport.builder();
        List<String> tokens = TokenFile.tokens("--shared-store-token-file", tokenFile, environmentToken);
        if (tokens.size() > 1) {
            throw new IllegalArgumentException("--shared-store-token-file must hold one token");
        }
        if (!tokens.isEmpty()) {
            Flags.named("--shared-store-token-file", () -> calls.token(tokens.get(0)));
            if (!own.insecureHttp()) {
                ClearText.refusal(server).ifPresent(why -> {
                    throw new IllegalArgumentException("--shared-store is " + server + ": " + why);
                });
            }
        }
        if (own.insecureHttp()) {
            calls.insecureHttp();
        }
        return calls.tls(own.client("--shared-store-tls-", null, null, ca));
    }

    private static URI server(SharedStore store) {
        return Flags.named("--shared-store", () -> {
            URI server = URI.create(store.address());
            boolean more =
                    server.getRawUserInfo() != null || server.getRawQuery() != null || server.getRawFragment() != null;
            if (server.getHost() == null || more) {
                throw new IllegalArgumentException("'" + store + "' must be like https://farm.example:4000");
            }
            return server;
        });
    }

    private static S3Location bucket(SharedStore store) {
        S3Location whole = Flags.named("--shared-store", () -> S3Location.parse(store.address()));
        S3Location there = Flags.named(
                "--shared-store-endpoint", () -> whole.at(store.bucket().endpoint()));
        return Flags.named(
                        "--shared-store-region", () -> there.in(store.bucket().region()))
                .pathStyle(store.bucket().pathStyle());
    }

    /** The file with the token, where one was named. */
    Optional<Path> tokenFile() {
        return Optional.ofNullable(tokenFile);
    }
}
