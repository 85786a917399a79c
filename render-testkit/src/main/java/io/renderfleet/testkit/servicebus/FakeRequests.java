package io.renderfleet.testkit.servicebus;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.message.Message;

/** What a {@link ServiceBusServer} answers at {@code $cbs} and at the {@code $management} of a queue. */
final class FakeRequests {
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final int UNAUTHORIZED = 401;
    private static final int GONE = 410;
    private static final String LOCK_LOST = "com.microsoft:message-lock-lost";

    private final String policy;
    private final String key;
    private final InstantSource time;

    FakeRequests(String policy, String key, InstantSource time) {
        this.policy = policy;
        this.key = key;
        this.time = time;
    }

    Message putToken(Message request) {
        boolean valid = request.getBody() instanceof AmqpValue value && isSigned(String.valueOf(value.getValue()));
        // At this address the properties have another spelling than at $management.
        return response(
                Map.of(
                        "status-code",
                        valid ? ACCEPTED : UNAUTHORIZED,
                        "status-description",
                        valid ? "Accepted" : "InvalidSignature: The token has an invalid signature."),
                Map.of());
    }

    /** A token is {@code SharedAccessSignature sr=…&sig=…&se=…&skn=…}. */
    private boolean isSigned(String token) {
        Map<String, String> parts = Arrays.stream(
                        token.substring(token.indexOf(' ') + 1).split("&", -1))
                .map(part -> part.split("=", 2))
                .filter(part -> part.length == 2)
                .collect(Collectors.toMap(part -> part[0], part -> URLDecoder.decode(part[1], StandardCharsets.UTF_8)));
        String resource = URLEncoder.encode(parts.getOrDefault("sr", ""), StandardCharsets.UTF_8);
        String signed = sign(resource + "\n" + parts.get("se"));
        return policy.equals(parts.get("skn"))
                && MessageDigest.isEqual(
                        signed.getBytes(StandardCharsets.UTF_8),
                        parts.getOrDefault("sig", "").getBytes(StandardCharsets.UTF_8))
                && Instant.ofEpochSecond(Long.parseLong(parts.get("se"))).isAfter(time.instant());
    }

    private String sign(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Message answer(Message request, FakeQueue queue) {
        String operation =
                String.valueOf(request.getApplicationProperties().getValue().get("operation"));
        Map<?, ?> body = (Map<?, ?>) ((AmqpValue) request.getBody()).getValue();
        return switch (operation) {
            case "com.microsoft:peek-message" -> peek(queue, body);
            case "com.microsoft:renew-lock" -> renew(queue, body);
            case "com.microsoft:update-disposition" -> settle(queue, body);
            default -> throw new IllegalArgumentException("no such operation here: " + operation);
        };
    }

    private Message peek(FakeQueue queue, Map<?, ?> body) {
        long from = number(body, "from-sequence-number").longValue();
        int most = number(body, "message-count").intValue();
        List<Map<String, Object>> found = queue.peek(from, most, time.instant()).stream()
                .map(one -> Map.<String, Object>of("message", new Binary(FakeServer.encode(one))))
                .toList();
        return found.isEmpty()
                ? response(Map.of("statusCode", NO_CONTENT), Map.of())
                : response(Map.of("statusCode", OK), Map.of("messages", found));
    }

    private static Number number(Map<?, ?> body, String name) {
        return (Number) Objects.requireNonNull(body.get(name), name);
    }

    private Message renew(FakeQueue queue, Map<?, ?> body) {
        List<Optional<Instant>> until = Arrays.stream((UUID[]) body.get("lock-tokens"))
                .map(token -> queue.renew(token, time.instant()))
                .toList();
        return until.stream().allMatch(Optional::isPresent)
                ? response(
                        Map.of("statusCode", OK),
                        Map.of(
                                "expirations",
                                until.stream()
                                        .map(Optional::orElseThrow)
                                        .map(Date::from)
                                        .toArray(Date[]::new)))
                : lockLost();
    }

    private Message settle(FakeQueue queue, Map<?, ?> body) {
        String status = String.valueOf(body.get("disposition-status"));
        boolean done = Arrays.stream((UUID[]) body.get("lock-tokens")).allMatch(token -> switch (status) {
            case "completed" -> queue.complete(token, time.instant());
            case "abandoned" -> queue.abandon(token, time.instant());
            case "suspended" -> queue.reject(token, time.instant());
            default -> throw new IllegalArgumentException("no such status here: " + status);
        });
        return done ? response(Map.of("statusCode", OK), Map.of()) : lockLost();
    }

    boolean settle(FakeQueue queue, UUID token, DeliveryState wanted) {
        if (wanted instanceof Accepted) {
            return queue.complete(token, time.instant());
        } else if (wanted instanceof Rejected) {
            return queue.reject(token, time.instant());
        } else if (wanted instanceof Modified || wanted instanceof Released) {
            return queue.abandon(token, time.instant());
        }
        throw new IllegalArgumentException("no such outcome here: " + wanted);
    }

    private static Message lockLost() {
        return response(
                Map.of(
                        "statusCode",
                        GONE,
                        "errorCondition",
                        Symbol.valueOf(LOCK_LOST),
                        "statusDescription",
                        "The lock supplied is invalid."),
                Map.of());
    }

    private static Message response(Map<String, Object> properties, Map<String, Object> body) {
        Message response = Proton.message();
        response.setApplicationProperties(new ApplicationProperties(new HashMap<>(properties)));
        response.setBody(new AmqpValue(new HashMap<>(body)));
        return response;
    }
}
