package io.renderfleet.testkit.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Keeps the engine's log silent where it would only tell, thousands of times, what was done to it. */
final class QuietEngine implements BeforeAllCallback, AfterAllCallback {
    private static final Logger ENGINE = (Logger) LoggerFactory.getLogger("io.renderfleet.core");

    private @Nullable Level before;

    @Override
    public void beforeAll(ExtensionContext context) {
        before = ENGINE.getLevel();
        ENGINE.setLevel(Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        ENGINE.setLevel(before);
    }
}
