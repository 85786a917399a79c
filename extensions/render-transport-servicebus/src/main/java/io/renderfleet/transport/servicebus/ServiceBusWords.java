package io.renderfleet.transport.servicebus;

import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.servicebus.ServiceBusException;
import com.azure.messaging.servicebus.ServiceBusFailureReason;
import io.renderfleet.transport.queue.Broker;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** What went wrong, in words for an operator, without secrets. */
final class ServiceBusWords {
    private static final int LONGEST = 300;

    private static final Set<ServiceBusFailureReason> NEVER_STORED = Set.of(
            ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED,
            ServiceBusFailureReason.MESSAGING_ENTITY_NOT_FOUND,
            ServiceBusFailureReason.MESSAGING_ENTITY_DISABLED,
            ServiceBusFailureReason.QUOTA_EXCEEDED,
            ServiceBusFailureReason.UNAUTHORIZED);

    private ServiceBusWords() {}

    static boolean is(Throwable failure, ServiceBusFailureReason reason) {
        return failure instanceof ServiceBusException known && reason.equals(known.getReason());
    }

    static String of(String queue, Throwable failure) {
        if (is(failure, ServiceBusFailureReason.MESSAGING_ENTITY_NOT_FOUND)) {
            return "there is no queue " + queue + ": an operator makes it";
        }
        if (is(failure, ServiceBusFailureReason.MESSAGING_ENTITY_DISABLED)) {
            return "the queue " + queue + " is disabled";
        }
        if (is(failure, ServiceBusFailureReason.QUOTA_EXCEEDED)) {
            return "the queue " + queue + " is full";
        }
        if (is(failure, ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED)) {
            return "the message is longer than the queue " + queue + " takes";
        }
        if (is(failure, ServiceBusFailureReason.UNAUTHORIZED)) {
            return "access to the queue " + queue + " is refused: " + firstWords(failure);
        }
        if (failure instanceof TimeoutException) {
            return "it does not answer about the queue " + queue;
        }
        return "queue " + queue + ": " + firstWords(failure);
    }

    static Broker.PutResult.NotStored notStored(String queue, Throwable failure) {
        boolean never = NEVER_STORED.stream().anyMatch(reason -> is(failure, reason));
        return new Broker.PutResult.NotStored(of(queue, failure), !never);
    }

    /** Microsoft's messages go on with what they call the context, over several lines. */
    private static String firstWords(Throwable failure) {
        Throwable cause = failure instanceof ServiceBusException && failure.getCause() instanceof AmqpException inner
                ? inner
                : failure;
        String said = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
        String first = said.split("(, errorContext|\\R)", 2)[0];
        return first.length() <= LONGEST ? first : first.substring(0, LONGEST);
    }
}
