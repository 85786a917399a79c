package io.renderfleet.examples;

import io.renderfleet.core.model.JobId;
import io.renderfleet.transport.http.wire.JobCreated;
import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** What a script would do with curl: asks an orchestrator for frames, waits for them, and takes them home. */
final class FarmClient {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI orchestrator;

    FarmClient(URI orchestrator) {
        this.orchestrator = orchestrator;
    }

    JobId render(String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(orchestrator.resolve("/render"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() != 202) {
            throw new IOException(answer.statusCode() + ": " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return Wire.readAnswer(answer.body(), JobCreated.class)
                .map(created -> new JobId(String.valueOf(created.jobId())))
                .orElseThrow(() -> new IOException("the orchestrator told no job id"));
    }

    /** Asks again and again, and has the orchestrator hold each answer until the job has ended, so that none is in vain. */
    void awaitEnd(JobId id) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(orchestrator.resolve("/status/" + id))
                .header("Prefer", "wait=25")
                .build();
        HttpResponse<String> answer;
        do {
            answer = http.send(request, BodyHandlers.ofString());
        } while (answer.statusCode() == 202);
        if (!answer.body().startsWith("Job completed")) {
            throw new IOException(answer.body().strip());
        }
    }

    /** Takes all frames in one zip, and gives the pictures in their order. */
    List<Path> download(JobId id, Path folder) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(orchestrator.resolve("/jobs/" + id + "/archive"))
                .build();
        List<Path> pictures = new ArrayList<>();
        Files.createDirectories(folder);
        try (ZipInputStream zip = new ZipInputStream(
                http.send(request, BodyHandlers.ofInputStream()).body())) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path picture = folder.resolve(Path.of(entry.getName()).getFileName());
                Files.copy(zip, picture, StandardCopyOption.REPLACE_EXISTING);
                pictures.add(picture);
            }
        }
        Collections.sort(pictures);
        return pictures;
    }
}
