package io.renderfleet.http.server;

import io.renderfleet.transport.http.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import okhttp3.tls.HeldCertificate;

/** A CA of one test, and the PEM files of those whose certificates it has signed. */
final class TestAuthority {
    private final HeldCertificate own =
            new HeldCertificate.Builder().certificateAuthority(0).build();
    private final Path folder;
    final Path file;

    TestAuthority(Path folder, String name) throws IOException {
        this.folder = folder;
        this.file = Files.writeString(folder.resolve(name + ".pem"), own.certificatePem());
    }

    /** Signs a certificate for this machine. Under a name that there is already it replaces the files, the certificate first. */
    TlsFiles sign(String name) throws IOException {
        return sign(
                name, builder -> builder.addSubjectAlternativeName("localhost").addSubjectAlternativeName("127.0.0.1"));
    }

    TlsFiles sign(String name, Consumer<HeldCertificate.Builder> settings) throws IOException {
        HeldCertificate.Builder builder =
                new HeldCertificate.Builder().commonName(name).signedBy(own);
        settings.accept(builder);
        HeldCertificate held = builder.build();
        return TlsFiles.identity(
                Files.writeString(folder.resolve(name + "-cert.pem"), held.certificatePem()),
                Files.writeString(folder.resolve(name + "-key.pem"), held.privateKeyPkcs8Pem()));
    }
}
