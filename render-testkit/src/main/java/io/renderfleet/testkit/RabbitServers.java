package io.renderfleet.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives test classes one {@link RabbitServer}, as a parameter; it starts with the first of them and ends with the last. */
public final class RabbitServers implements ParameterResolver {
    /** Called by JUnit. */
    public RabbitServers() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RabbitServer.class;
    }

    @Override
    public RabbitServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(RabbitServers.class))
                .computeIfAbsent(RabbitServer.class, type -> RabbitServer.start(), RabbitServer.class);
    }
}
