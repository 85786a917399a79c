package io.renderfleet.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives test classes one {@link KafkaServer}, as a parameter; it starts with the first of them and ends with the last. */
public final class KafkaServers implements ParameterResolver {
    /** Called by JUnit. */
    public KafkaServers() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == KafkaServer.class;
    }

    @Override
    public KafkaServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(KafkaServers.class))
                .computeIfAbsent(KafkaServer.class, type -> KafkaServer.start(), KafkaServer.class);
    }
}
