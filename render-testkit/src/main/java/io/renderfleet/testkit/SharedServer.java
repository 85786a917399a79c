package io.renderfleet.testkit;

import java.lang.reflect.Executable;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives test classes one server, as a parameter of a constructor or a method; it starts with the first of them and ends with the last. Where its
 * program is missing, the tests that want it end before JUnit looks for the parameter: what ends a test there counts as an error.
 */
abstract class SharedServer<T> implements ParameterResolver, BeforeAllCallback, BeforeEachCallback {
    private final Class<T> type;
    private final Supplier<T> start;
    private final @Nullable ExternalTool tool;

    SharedServer(Class<T> type, Supplier<T> start, @Nullable ExternalTool tool) {
        this.type = type;
        this.start = start;
        this.tool = tool;
    }

    @Override
    public final void beforeAll(ExtensionContext context) {
        requireFor(context.getRequiredTestClass().getDeclaredConstructors());
    }

    @Override
    public final void beforeEach(ExtensionContext context) {
        requireFor(context.getRequiredTestMethod());
    }

    private void requireFor(Executable... calls) {
        boolean wanted = Arrays.stream(calls)
                .anyMatch(call -> Arrays.asList(call.getParameterTypes()).contains(type));
        if (wanted && tool != null) {
            var unused = tool.require();
        }
    }

    @Override
    public final boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == type;
    }

    @Override
    public final T resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(getClass()))
                .computeIfAbsent(type, unused -> start.get(), type);
    }
}
