package io.renderfleet.orchestrator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code deploy/monitoring} has for whoever watches a farm. */
final class MonitoringFiles {
    static final Path FOLDER =
            Path.of("..", "deploy", "monitoring").toAbsolutePath().normalize();
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern METRIC = Pattern.compile("\\b(?:renderfleet|jvm|process|http)_\\w+");

    private MonitoringFiles() {}

    static String text(String name) {
        try {
            return Files.readString(FOLDER.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all alerts. */
    static List<String> alerts() {
        return ALERT.matcher(text("alerts.yaml"))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** The queries of all panels, as a person who has chosen all farms has them asked. */
    static List<String> queries() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(text("dashboard.json"));
        return dashboard.findValuesAsText("expr").stream()
                .map(query -> query.replace("$__rate_interval", "30s").replace("$job", ".*"))
                .toList();
    }

    /** The names of all metrics that a text of queries or rules asks for. */
    static Set<String> metrics(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }
}
