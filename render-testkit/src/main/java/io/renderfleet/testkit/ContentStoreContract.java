package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ContentStore} must do. It is tried as two orchestrators would use it: by an object each.
 *
 * <p>The clock is the test's: {@link #advance} moves it for all stores of a test.
 */
public abstract class ContentStoreContract {
    /** Bytes of one file at most, in the stores of the contract. */
    protected static final int LIMIT = 100_000;

    /** Bytes of all files at most, in the stores of the contract: two of {@link #LARGE} bytes, and no third. */
    protected static final int QUOTA = 250_000;

    /** Bytes of a file of which only two have room. */
    protected static final int LARGE = 90_000;

    private final List<ContentStore> stores = new ArrayList<>();

    /** For subclasses. */
    protected ContentStoreContract() {}

    /**
     * Opens a store with {@link #LIMIT} and {@link #QUOTA}. The first call of a test finds an empty one; later calls are others that use
     * the same one.
     *
     * @return a store, which the contract closes
     * @throws IOException if that does not work
     */
    protected abstract ContentStore connect() throws IOException;

    /**
     * Moves the clock. A store that reminds others of what it has on lease by a timer of its own does so afterwards, as the timer would have.
     *
     * @param time how far
     */
    protected abstract void advance(Duration time);

    /**
     * Opens a store that the contract closes.
     *
     * @return the store
     * @throws IOException if that does not work
     */
    protected final ContentStore another() throws IOException {
        ContentStore store = connect();
        stores.add(store);
        return store;
    }

    @AfterEach
    final void closeStores() {
        stores.forEach(ContentStore::close);
        stores.forEach(ContentStore::close);
    }

    @Test
    @DisplayName("Has what one of those who share it was sent, for all of them, and for those who come later")
    final void shared() throws Exception {
        ContentStore one = another();
        ContentStore other = another();
        byte[] content = bytes(1, 1_000);
        assertThat(other.has(digest(content))).isFalse();
        assertThat(other.lease(digest(content))).isEmpty();

        assertThat(put(one, content)).isInstanceOf(PutOutcome.Stored.class);

        assertThat(put(other, content)).isInstanceOf(PutOutcome.AlreadyThere.class);
        for (ContentStore store : List.of(one, other, another())) {
            assertThat(store.has(digest(content))).isTrue();
            try (ContentLease lease = store.lease(digest(content)).orElseThrow()) {
                assertThat(lease.path()).isAbsolute().hasBinaryContent(content);
            }
        }
    }

    @Test
    @DisplayName("Keeps nothing that is not what its digest says, is too large, or breaks off")
    final void wholeOrNotAtAll() throws Exception {
        ContentStore store = another();
        byte[] content = bytes(1, LARGE);
        byte[] other = bytes(2, LARGE);
        byte[] large = bytes(3, LIMIT + 1);

        assertThat(store.put(digest(content), new ByteArrayInputStream(other)))
                .isEqualTo(new PutOutcome.HashDiffers(digest(other)));
        assertThat(put(store, large)).isEqualTo(new PutOutcome.TooLarge(store.limit()));
        assertThatThrownBy(() -> store.put(
                        digest(content),
                        new SequenceInputStream(new ByteArrayInputStream(content, 0, 50_000), broken())))
                .isInstanceOf(IOException.class);

        for (byte[] each : List.of(content, other, large)) {
            assertThat(store.has(digest(each))).isFalse();
        }
        assertThat(put(store, content)).isInstanceOf(PutOutcome.Stored.class);
        assertThat(put(store, other)).as("nothing counts that was not kept").isInstanceOf(PutOutcome.Stored.class);
    }

    @Test
    @DisplayName("Gives up what was not used for the longest time, and nothing that was used within ten minutes")
    final void givesUp() throws Exception {
        ContentStore one = another();
        ContentStore other = another();
        byte[] first = bytes(1, LARGE);
        byte[] second = bytes(2, LARGE);
        byte[] third = bytes(3, LARGE);
        put(one, first);
        put(other, second);
        advance(ContentStore.KEPT.dividedBy(2));
        assertThat(other.has(digest(first))).isTrue();
        advance(ContentStore.KEPT.dividedBy(2).minusSeconds(5));
        assertThat(put(one, third)).isInstanceOf(PutOutcome.NoRoom.class);

        advance(Duration.ofSeconds(10));

        assertThat(put(one, third)).isInstanceOf(PutOutcome.Stored.class);
        assertThat(one.has(digest(first))).as("was asked for by the other one").isTrue();
        assertThat(one.has(digest(second))).isFalse();
        assertThat(other.has(digest(second))).isFalse();
    }

    @Test
    @DisplayName("Gives up nothing that is in use")
    final void keepsWhatIsInUse() throws Exception {
        ContentStore store = another();
        byte[] first = bytes(1, LARGE);
        byte[] second = bytes(2, LARGE);
        byte[] third = bytes(3, LARGE);
        put(store, first);
        put(store, second);
        ContentLease lease = store.lease(digest(first)).orElseThrow();
        advance(Duration.ofDays(1));
        assertThat(put(store, third)).isInstanceOf(PutOutcome.Stored.class);
        assertThat(lease.path()).hasBinaryContent(first);
        assertThat(store.has(digest(second))).isFalse();

        lease.close();
        lease.close();
        advance(Duration.ofDays(1));
        assertThat(store.has(digest(third))).isTrue();
        assertThat(put(store, bytes(4, LARGE))).isInstanceOf(PutOutcome.Stored.class);
        assertThat(store.has(digest(first))).isFalse();
    }

    /**
     * Sends content under its own digest.
     *
     * @param store to where
     * @param content what
     * @return what became of it
     * @throws IOException if the store fails
     */
    protected static PutOutcome put(ContentStore store, byte[] content) throws IOException {
        return store.put(digest(content), new ByteArrayInputStream(content));
    }

    /**
     * Makes content.
     *
     * @param seed gives other content for each
     * @param length how many bytes
     * @return the content
     */
    protected static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /**
     * Returns the digest of content.
     *
     * @param content the content
     * @return its digest
     */
    protected static Sha256 digest(byte[] content) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(content);
        return Sha256.of(digest);
    }

    private static InputStream broken() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw new IOException("connection reset");
            }
        };
    }
}
