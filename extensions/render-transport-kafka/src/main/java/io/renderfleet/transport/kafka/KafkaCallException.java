package io.renderfleet.transport.kafka;

import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Kafka could not do what it was asked; the message says why, in words for an operator. */
final class KafkaCallException extends Exception {
    private static final long serialVersionUID = 1L;

    KafkaCallException(String message) {
        super(message);
    }

    KafkaCallException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What a failure says; where it only says that something failed, what its cause says. */
    static String words(@Nullable Throwable failure) {
        if (failure == null) {
            return "it has failed";
        }
        if (failure instanceof KafkaCallException && failure.getMessage() != null) {
            return failure.getMessage();
        }
        if (failure instanceof KafkaException && failure.getCause() != null) {
            return words(failure.getCause());
        }
        String name = failure.getClass().getSimpleName();
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }
}
