package io.renderfleet.orchestrator;

import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.transport.http.ClearText;
import io.renderfleet.webhook.WebhookTarget;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say who is told what becomes of jobs. */
final class WebhookOptions {
    @Option(
            names = "--webhook",
            paramLabel = "URL",
            description = "Is told when a job ends, a node is put into quarantine, or jobs wait and no node is up;"
                    + " repeatable.")
    private List<String> urls = new ArrayList<>();

    @Option(
            names = "--webhook-secret-file",
            paramLabel = "FILE",
            description = "Holds the secret, of 16 characters or more, by which webhooks know that it was this farm.")
    private @Nullable Path secretFile;

    /**
     * Reads who is to be told.
     *
     * @param insecureHttp whether events may go over plain http to other machines
     * @throws IllegalArgumentException if a URL or the secret makes no sense, in one sentence
     * @throws IOException if the file cannot be read
     */
    List<WebhookTarget> targets(boolean insecureHttp) throws IOException {
        if (urls.isEmpty()) {
            if (secretFile != null) {
                throw new IllegalArgumentException("--webhook-secret-file is for a --webhook: there is none");
            }
            return List.of();
        }
        List<String> secrets = TokenFile.tokens("--webhook-secret-file", secretFile, null);
        if (secrets.size() != 1) {
            throw new IllegalArgumentException("--webhook needs a --webhook-secret-file with one secret in it");
        }
        List<WebhookTarget> targets = new ArrayList<>();
        for (String url : urls) {
            targets.add(Flags.named("--webhook", () -> target(url, secrets.get(0), insecureHttp)));
        }
        return targets;
    }

    private static WebhookTarget target(String text, String secret, boolean insecureHttp) {
        URI url;
        try {
            url = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("it must be like https://studio.example/render-events", e);
        }
        WebhookTarget target = WebhookTarget.of(url, secret);
        if (!insecureHttp && ClearText.refusal(url).isPresent()) {
            throw new IllegalArgumentException("what is told would go to " + url.getHost()
                    + " over plain http, where others could read it: use https, or allow it (--insecure-http) where the network is"
                    + " private");
        }
        return target;
    }
}
