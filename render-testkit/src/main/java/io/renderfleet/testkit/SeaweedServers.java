package io.renderfleet.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives test classes one {@link SeaweedServer}, as a parameter; it starts with the first of them and ends with the last. */
public final class SeaweedServers implements ParameterResolver {
    /** Called by JUnit. */
    public SeaweedServers() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SeaweedServer.class;
    }

    @Override
    public SeaweedServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SeaweedServers.class))
                .computeIfAbsent(SeaweedServer.class, type -> SeaweedServer.start(), SeaweedServer.class);
    }
}
