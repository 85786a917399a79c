package io.renderfleet.cli;

import io.renderfleet.core.model.FrameRate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option whose value is a frame rate. */
final class FrameRateConverter implements ITypeConverter<FrameRate> {
    FrameRateConverter() {}

    @Override
    public FrameRate convert(String text) {
        try {
            return FrameRate.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(String.valueOf(wrong.getMessage()));
        }
    }
}
