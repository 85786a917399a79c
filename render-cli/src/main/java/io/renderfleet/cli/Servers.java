package io.renderfleet.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.function.Consumer;

/** The orchestrators that the user has named, and the one that is asked first: the last that has answered. */
final class Servers {
    private final List<URI> all;
    private int first;

    /**
     * @param urls one or more
     * @throws StopException if one of them is none
     */
    Servers(List<String> urls) {
        if (urls.isEmpty()) {
            throw new StopException(ExitCode.USAGE, "--orchestrator names no URL");
        }
        this.all = urls.stream().map(Servers::parse).toList();
    }

    void forEach(Consumer<URI> action) {
        all.forEach(action);
    }

    int size() {
        return all.size();
    }

    /** The one to ask after so many others. */
    URI get(int turn) {
        return all.get((first + turn) % all.size());
    }

    void prefer(URI server) {
        first = Math.max(0, all.indexOf(server));
    }

    /** Whether the user has named the server of an address; only there may a token go. */
    boolean prefer(String location) {
        for (URI server : all) {
            if (location.startsWith(server + "/")) {
                prefer(server);
                return true;
            }
        }
        return false;
    }

    private static URI parse(String text) {
        try {
            URI uri = new URI(text.strip().replaceFirst("/+$", ""));
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException notEvenOne) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static StopException wrong(String text) {
        return new StopException(
                ExitCode.USAGE,
                "--orchestrator is '" + TerminalText.line(text) + "': it must be a URL such as http://localhost:4000");
    }

    @Override
    public String toString() {
        return String.join(", ", all.stream().map(URI::toString).toList());
    }
}
