package io.renderfleet.orchestrator;

import io.renderfleet.transport.http.wire.BatchSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --batch-size}. */
final class BatchSizeConverter implements ITypeConverter<BatchSize> {
    @Override
    public BatchSize convert(String text) {
        try {
            return BatchSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
