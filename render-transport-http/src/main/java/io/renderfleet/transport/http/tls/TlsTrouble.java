package io.renderfleet.transport.http.tls;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words for an operator why two sides have found no way to speak TLS. The JDK tells it in exceptions inside of exceptions. */
public final class TlsTrouble {
    private static final Pattern ALERT = Pattern.compile("(?:Received fatal alert: |alert\\()([a-z_]+)");
    private static final String THEIRS = "the certificate of the other side ";

    private TlsTrouble() {}

    /**
     * Gives the reason.
     *
     * @param failure what a client or a server has thrown
     * @return some words in one line, or empty if it is not about TLS, such as a connection that broke off
     */
    public static Optional<String> reason(Throwable failure) {
        if (find(failure, SSLException.class) == null) {
            return Optional.empty();
        }
        CertificateException certificate = find(failure, CertificateException.class);
        if (find(failure, CertificateExpiredException.class) != null) {
            return Optional.of(THEIRS + "has expired");
        }
        if (find(failure, CertificateNotYetValidException.class) != null) {
            return Optional.of(THEIRS + "is not valid yet");
        }
        if (find(failure, CertPathBuilderException.class) != null) {
            return Optional.of(THEIRS + "is not of a CA that is trusted here");
        }
        if (certificate != null && String.valueOf(certificate.getMessage()).startsWith("No ")) {
            return Optional.of(THEIRS + "is for another host: " + line(certificate));
        }
        Throwable deepest = deepest(failure);
        boolean ofNetwork = deepest instanceof IOException && !(deepest instanceof SSLException);
        return ofNetwork ? Optional.empty() : Optional.of(ofText(line(deepest)));
    }

    private static String ofText(String text) {
        Matcher alert = ALERT.matcher(text);
        String told = alert.find() ? alert.group(1) : "";
        if (told.equals("protocol_version") || (text.contains("rotocol") && text.contains("not enabled"))) {
            return "no version of TLS is spoken by both sides (1.2 and 1.3 are spoken here)";
        }
        if (told.contains("certificate") || told.equals("unknown_ca")) {
            return "the other side does not accept our certificate, or wants one and has got none (" + told + ")";
        }
        if (text.contains("Empty client certificate chain")) {
            return "the other side has sent no certificate, and one is needed";
        }
        if (text.contains("no cipher suites in common") || told.equals("handshake_failure")) {
            return "no way to encrypt is known to both sides, or a certificate is missing (" + text + ")";
        }
        if (text.contains("nrecognized SSL message")) {
            return "the other side speaks no TLS: is it http, not https?";
        }
        return text;
    }

    private static Throwable deepest(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause.getCause() != null && depth < 20; depth++) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static String line(Throwable failure) {
        String said = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return said.replaceAll("[\\p{Cntrl}\\s]+", " ");
    }
}
