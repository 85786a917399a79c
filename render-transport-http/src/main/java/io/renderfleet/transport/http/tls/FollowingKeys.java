package io.renderfleet.transport.http.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives a client the certificate that is in the files at the moment. An alias carries the digest of the files that it was chosen from, so
 * that a handshake in the middle of a change does not get the certificate of one pair and the key of another.
 */
final class FollowingKeys extends X509ExtendedKeyManager {
    private static final int DIGEST = 64;

    private final Supplier<Material> now;
    private @Nullable Material last;
    private @Nullable Material before;

    FollowingKeys(Supplier<Material> now) {
        this.now = now;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keys -> keys.chooseClientAlias(types, issuers, socket));
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keys -> keys.chooseEngineClientAlias(types, issuers, engine));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        X509ExtendedKeyManager keys = of(alias);
        return keys == null ? null : keys.getCertificateChain(alias.substring(DIGEST));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        X509ExtendedKeyManager keys = of(alias);
        return keys == null ? null : keys.getPrivateKey(alias.substring(DIGEST));
    }

    // Of a server, which this is not for.

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        String alias = choose(keys -> keys.chooseClientAlias(new String[] {type}, issuers, null));
        return alias == null ? null : new String[] {alias};
    }

    private @Nullable String choose(Function<X509ExtendedKeyManager, @Nullable String> choice) {
        Material chosen = remember(now.get());
        String alias = chosen.keys() == null ? null : choice.apply(chosen.keys());
        return alias == null ? null : chosen.digest().hex() + alias;
    }

    private synchronized Material remember(Material material) {
        if (last == null || !last.digest().equals(material.digest())) {
            before = last;
            last = material;
        }
        return material;
    }

    private synchronized @Nullable X509ExtendedKeyManager of(String alias) {
        for (Material material : new Material[] {last, before}) {
            if (material != null && alias.startsWith(material.digest().hex())) {
                return material.keys();
            }
        }
        return null;
    }
}
