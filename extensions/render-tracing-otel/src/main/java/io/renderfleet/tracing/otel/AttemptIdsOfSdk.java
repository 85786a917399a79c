package io.renderfleet.tracing.otel;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;

/** Has the SDK's autoconfiguration use {@link AttemptIds}; found by the loader of services. */
public final class AttemptIdsOfSdk implements AutoConfigurationCustomizerProvider {
    /** Called by the loader of services. */
    public AttemptIdsOfSdk() {}

    @Override
    public void customize(AutoConfigurationCustomizer setup) {
        setup.addTracerProviderCustomizer((provider, properties) -> provider.setIdGenerator(new AttemptIds()));
    }
}
