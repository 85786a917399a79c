package io.renderfleet.transport.http.wire;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries a {@link BadRequest} out of nested checks; never leaves this package. */
final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN = 60;

    private final transient BadRequest problem;

    BadRequestException(@Nullable String field, String detail) {
        super(detail);
        this.problem = new BadRequest(field, detail);
    }

    BadRequest problem() {
        return problem;
    }

    /** Makes a value of the model, and lays the blame on the field if that fails. */
    static <T> T checked(String field, Supplier<T> value) throws BadRequestException {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new BadRequestException(field, message.startsWith(field) ? message : field + ": " + message);
        }
    }

    /** Shortens a value of a request, and takes out what could spoil a line of text. */
    static String shown(String value) {
        String shortened = value.length() > MAX_SHOWN ? value.substring(0, MAX_SHOWN) + "…" : value;
        return shortened.replaceAll("\\p{Cntrl}", "?");
    }
}
