package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxMode;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The node's program")
@Timeout(120)
class NodeMainTest {
    private static final String TOKEN = "a-token-of-some-length";

    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    @DisplayName("renders for who has its token, and stops in good order when told to")
    void life() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens"), "# ours\n" + TOKEN + "\n");
        try (NodeProcess node = NodeProcess.start(
                folder,
                Map.of(
                        "RENDER_NODE_ENGINE",
                        "test-pattern",
                        "RENDER_NODE_LABELS",
                        "gpu=none,room=b",
                        "RENDER_NODE_PORT",
                        "1"),
                "--port",
                "0",
                "--token-file",
                tokens.toString(),
                "--node-id",
                "n-test",
                "--output-root",
                "out",
                "--slots",
                "2")) {
            URI uri = node.awaitListening();
            assertThat(send(HttpRequest.newBuilder(uri.resolve("/node"))).statusCode())
                    .isEqualTo(401);
            HttpResponse<String> self =
                    send(HttpRequest.newBuilder(uri.resolve("/node")).header("Authorization", "Bearer " + TOKEN));
            assertThat(self.body()).contains("\"n-test\"", "\"slots\":2", "\"gpu\":\"none\"", "\"room\":\"b\"");
            HttpResponse<String> taken = send(HttpRequest.newBuilder(uri.resolve("/job"))
                    .header("Authorization", "Bearer " + TOKEN)
                    .header("Content-Type", "application/json")
                    .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                    .POST(BodyPublishers.ofString("{\"from\":1,\"to\":2,\"job\":\"shot\",\"batch\":\"b7\"}")));
            assertThat(taken.statusCode()).isEqualTo(202);
            node.terminate();
            List<String> lines = node.awaitEnd();

            assertThat(lines).anyMatch(line -> line.contains("takes no more jobs"));
            String ids = "job=shot batch=b7 trace=4bf92f3577b34da6a3ce929d0e0e4736";
            assertThat(lines)
                    .anyMatch(line -> line.contains(" takes frames 1-2 ") && line.contains(ids))
                    .anyMatch(line -> line.contains(" has ended: ") && line.contains(ids));
            assertThat(lines).noneMatch(line -> line.contains(TOKEN));
            assertThat(lines).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z .*"));
            assertThat(folder.resolve("out")).isDirectory();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--nonsense | Unknown option: '--nonsense'; --help lists all flags",
                "--port abc | 'abc' is not an int",
                "--port 70000 | --port is 70000",
                "--engine test-pattern --blender /bin/true | --blender is for --engine blender, not for test-pattern",
                "--engine test-pattern --niceness 5 | --niceness is for --engine blender or command",
                "--engine command --command x --hang-timeout 9 | --hang-timeout is for --engine blender",
                "--engine command --command x --niceness 20 | --niceness is 20: it must be from 0 to 19",
                "--frame-timeout 0 | --frame-timeout is 0: it must be from 1",
                "--memory-limit lots | --memory-limit",
                "--idle-sessions 65 | --idle-sessions is 65: it must be from 0 to 64",
                "--engine povray | there is no engine 'povray': it must be blender, test-pattern or command",
                "--engine command | --engine command needs --command",
                "--engine test-pattern --command x | --command is for --engine command",
                "--engine test-pattern --host 0.0.0.0 | set a token, or allow anonymous access",
                "--engine test-pattern --tls-cert nowhere.pem | --tls-cert and --tls-key go together, and there is only --tls-cert",
                "--engine test-pattern --tls-cert no.pem --tls-key no.key | --tls-cert no.pem: there is no such file",
                "--engine test-pattern --tls-client-ca ca.pem | is for servers that speak TLS: set --tls-cert and --tls-key",
                "--engine test-pattern --orchestrator-tls-ca ca.pem | are for nodes that have an --orchestrator",
                "--engine test-pattern --orchestrator https://farm --orchestrator-tls-ca no.pem | --orchestrator-tls-ca no.pem",
                "--engine test-pattern --token-file nowhere | --token-file nowhere is no file",
                "--engine test-pattern --token-file t --allow-anonymous | exclude each other",
                "--engine test-pattern --rate-limit fast | 'fast' is not a rate limit",
                "--engine test-pattern --slots 0 | slots is 0",
                "--engine test-pattern --scene nowhere.blend | --scene nowhere.blend is no file",
                "--engine test-pattern --scene-root nowhere | --scene-root nowhere is no folder",
                "--engine test-pattern --label nonsense | nonsense",
                "--engine test-pattern --node-id ../x | ../x",
                "--engine test-pattern --orchestrator farm:4000 | --orchestrator is 'farm:4000': it must be like http",
                "--engine test-pattern --orchestrator http://me:word@farm | it must be like http://farm.example:4000",
                "--engine test-pattern --advertise http://n:1 | is for nodes that have an --orchestrator or --announce",
                "--engine test-pattern --announce-config a | is for nodes that --announce themselves",
                "--engine test-pattern --announce etcd:x | --announce: 'x' is no member of etcd",
                "--engine test-pattern --announce dns:n:1 | --announce: nodes cannot announce themselves in a place",
                "--engine test-pattern --announce etcd:http://e:1 --host 0.0.0.0 | is no address to call",
                "--engine test-pattern --orchestrator http://farm --advertise n:1 | --advertise is 'n:1': it must be like",
                "--engine test-pattern --orchestrator http://farm --host 0.0.0.0 | say by --advertise",
                "--engine test-pattern --orchestrator http://farm --host 0.0.0.0 --advertise http://n:3000 | no token is sent to farm",
                "--engine test-pattern --orchestrator http://farm --orchestrator-token-file nowhere | is no file",
                "--engine test-pattern --sandbox off | --sandbox and its like are for --engine blender or command",
                "--engine command --command x --sandbox perhaps | --sandbox",
                "--sandbox-read nowhere | --sandbox-read nowhere is not there",
                "--sandbox-memory 1 | --sandbox-memory is 1: it must be from 64",
                "--sandbox-processes 1 | --sandbox-processes is 1: it must be from 16",
                "--blender /nonexistent/blender | Blender"
            })
    @DisplayName("refuses what is wrong or does not go together, in one line, with exit code 2")
    void refused(String args, String message) {
        StringWriter told = new StringWriter();
        List<String> all = new ArrayList<>(List.of(args.split(" ")));
        all.add("--output-root=" + folder.resolve("out"));

        int code =
                NodeMain.program(Map.of()).errors(new PrintWriter(told, true)).run(all.toArray(String[]::new));

        assertThat(told.toString().lines())
                .singleElement()
                .asString()
                .startsWith("render-node: ")
                .contains(message);
        assertThat(code).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "TOKEN              | --host 0.0.0.0 | host is '0.0.0.0', which others can reach, and tokens would",
                "ORCHESTRATOR_TOKEN | --orchestrator http://farm.invalid | --orchestrator is 'http://farm.invalid': no token",
            })
    @DisplayName("sends and takes no token in clear text over a network, and names the way out")
    void clearText(String variable, String args, String message) {
        StringWriter told = new StringWriter();
        List<String> all = new ArrayList<>(List.of(args.split(" ")));
        all.addAll(List.of("--engine=test-pattern", "--output-root=" + folder.resolve("out")));

        int code = NodeMain.program(Map.of("RENDER_NODE_" + variable, "a-token-of-this-test"))
                .errors(new PrintWriter(told, true))
                .run(all.toArray(String[]::new));

        assertThat(told.toString().lines())
                .singleElement()
                .asString()
                .startsWith("render-node: " + message)
                .contains("--insecure-http");
        assertThat(code).isEqualTo(2);
    }

    @Test
    @DisplayName("ends with exit code 1 where its port is taken")
    void portTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                NodeProcess node = NodeProcess.start(
                        folder, Map.of(), "--engine=test-pattern", "--port=" + other.getLocalPort())) {
            assertThat(node.awaitEnd())
                    .singleElement()
                    .asString()
                    .startsWith("render-node: cannot listen on 127.0.0.1 port " + other.getLocalPort() + ": ");
            assertThat(node.exitCode()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("refuses a wrong variable, and names it")
    void wrongVariable() throws Exception {
        try (NodeProcess node =
                NodeProcess.start(folder, Map.of("RENDER_NODE_ALLOW_ANONYMOUS", "perhaps"), "--engine=test-pattern")) {
            assertThat(node.awaitEnd())
                    .containsExactly("render-node: RENDER_NODE_ALLOW_ANONYMOUS is 'perhaps': it must be true or false");
            assertThat(node.exitCode()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("renders by any program, whose arguments come from the command line or a variable")
    void command() throws Exception {
        Path picture = folder.resolve("picture.png");
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        Files.createDirectory(folder.resolve("bin"));
        Files.copy(Path.of("/bin/cp"), folder.resolve("bin/cp"), StandardCopyOption.COPY_ATTRIBUTES);
        for (boolean byVariable : new boolean[] {false, true}) {
            List<String> program = List.of(byVariable ? "cp" : "./bin/cp", "-f", picture.toString(), "{output}");
            List<String> args =
                    new ArrayList<>(List.of("--port=0", "--engine=command", "--output-root=out" + byVariable));
            if (!byVariable) {
                args.add("--command");
                args.addAll(program);
            }
            Map<String, String> variables =
                    byVariable ? Map.of("RENDER_NODE_COMMAND", String.join("\n", program)) : Map.of();
            try (NodeProcess node = NodeProcess.start(folder, variables, args.toArray(String[]::new))) {
                URI uri = node.awaitListening();
                send(HttpRequest.newBuilder(uri.resolve("/job"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"frames\":\"1-2\"}")));
                HttpResponse<String> end =
                        send(HttpRequest.newBuilder(uri.resolve("/job/1")).header("Prefer", "wait=25"));
                assertThat(end.body()).contains("\"completed\"", "\"finished\":\"1-2\"");
            }
        }
    }

    private static final List<String> COPIES =
            List.of("--port=0", "--engine=command", "--output-root=out", "--command", "cp", "/dev/null", "{output}");

    private static String[] copies(String... more) {
        List<String> args = new ArrayList<>(List.of(more));
        args.addAll(COPIES);
        return args.toArray(String[]::new);
    }

    @Test
    @DisplayName("says at its start and in GET /node whether programs are shut in, and why not")
    void sandbox() throws Exception {
        Sandbox here = Sandbox.of(SandboxMode.AUTO);
        try (NodeProcess node = NodeProcess.start(folder, Map.of(), copies())) {
            URI uri = node.awaitListening();
            assertThat(send(HttpRequest.newBuilder(uri.resolve("/node"))).body())
                    .contains("\"sandbox\":\"" + here.name() + "\"");
            node.terminate();
            assertThat(node.awaitEnd()).anyMatch(line -> line.contains("sandbox: " + here.name()));
        }
        try (NodeProcess node = NodeProcess.start(folder, Map.of("RENDER_NODE_SANDBOX", "off"), copies())) {
            URI uri = node.awaitListening();
            assertThat(send(HttpRequest.newBuilder(uri.resolve("/node"))).body())
                    .contains("\"sandbox\":\"off\"", "\"sandboxReason\":\"It was switched off.\"");
            node.terminate();
            assertThat(node.awaitEnd()).anyMatch(line -> line.contains("Programs run as the user of this node."));
        }
    }

    @Test
    @DisplayName("does not start where a sandbox is required and there is none")
    void sandboxRequired() throws Exception {
        try (NodeProcess node =
                NodeProcess.start(folder, Map.of("PATH", "/nowhere"), copies("--sandbox", "required"))) {
            assertThat(node.awaitEnd())
                    .singleElement()
                    .asString()
                    .startsWith("render-node: the sandbox is required, and does not work here: bubblewrap (bwrap)");
            assertThat(node.exitCode()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("says so where its locale has no room for the letters of a file's name, and does not begin to render")
    void limitedLocale() throws Exception {
        try (NodeProcess node = NodeProcess.start(
                folder, Map.of("LC_ALL", "POSIX"), "--port=0", "--engine=test-pattern", "--scene-root=.")) {
            URI uri = node.awaitListening();
            for (String name : List.of("\"output\":\"K\u00fcche_####\"", "\"scene\":\"K\u00fcche.blend\"")) {
                HttpResponse<String> answer = send(HttpRequest.newBuilder(uri.resolve("/job"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"frames\":\"1\"," + name + "}")));
                assertThat(answer.statusCode()).isEqualTo(422);
                assertThat(answer.body()).contains("K\u00fcche", "start it with the variable LC_ALL=C.UTF-8");
            }
            node.terminate();
            assertThat(node.awaitEnd()).anyMatch(line -> line.contains("start with the variable LC_ALL=C.UTF-8"));
        }
    }

    @Test
    @DisplayName("says what is wrong with a folder that it cannot use")
    void unusableFolder() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        StringWriter told = new StringWriter();

        int code = NodeMain.program(Map.of())
                .errors(new PrintWriter(told, true))
                .run("--engine=test-pattern", "--output-root=" + file);

        assertThat(told.toString()).isEqualTo("render-node: " + file + ": that is a file, and a folder is needed\n");
        assertThat(code).isEqualTo(1);
    }

    @Test
    @DisplayName("tells its flags and its version")
    void help() throws Exception {
        try (NodeProcess node = NodeProcess.start(folder, Map.of(), "--help")) {
            assertThat(String.join("\n", node.awaitEnd()))
                    .contains("--port", "--token-file", "--allow-anonymous", "--output-root", "RENDER_NODE_PORT");
            assertThat(node.exitCode()).isZero();
        }
        try (NodeProcess node = NodeProcess.start(folder, Map.of(), "--version")) {
            assertThat(String.join("\n", node.awaitEnd())).startsWith("render-node ");
        }
    }
}
