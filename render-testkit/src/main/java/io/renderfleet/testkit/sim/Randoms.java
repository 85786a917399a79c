package io.renderfleet.testkit.sim;

import java.util.SplittableRandom;

/**
 * Random streams that do not disturb each other: each is named, and depends on the seed and its name only. So leaving one kind of fault
 * out does not change when the others strike.
 */
final class Randoms {
    private final long seed;

    Randoms(long seed) {
        this.seed = seed;
    }

    SplittableRandom stream(String name) {
        return new SplittableRandom(mix(seed, name));
    }

    SplittableRandom stream(String name, long number) {
        return new SplittableRandom(mix(mix(seed, name), number));
    }

    static long mix(long seed, String name) {
        long hash = seed;
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash, name.charAt(i));
        }
        return hash;
    }

    /** The finalizer of MurmurHash3 over a sum of both, as SplittableRandom itself uses it. */
    static long mix(long seed, long number) {
        long z = seed * 0x9e3779b97f4a7c15L + number + 0x632be59bd9b4e019L;
        z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
        z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return z ^ (z >>> 33);
    }
}
