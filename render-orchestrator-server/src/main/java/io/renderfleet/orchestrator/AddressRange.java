package io.renderfleet.orchestrator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** A range of addresses such as {@code 10.0.0.0/8} (RFC 4632, section 3.1) or {@code fd00::/8}. Immutable. */
final class AddressRange {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+(/.*)?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/.*)?");

    private final byte[] base;
    private final int bits;

    private AddressRange(byte[] base, int bits) {
        this.base = base;
        this.bits = bits;
    }

    /** Whether a text is meant to be one, so that it is not taken for a name. */
    static boolean isOne(String text) {
        return LITERAL.matcher(text).matches();
    }

    /**
     * Reads a range, or a single address.
     *
     * @throws IllegalArgumentException if it is none
     */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] base = literal(text, address);
        int bits = slash < 0 ? base.length * 8 : number(text, text.substring(slash + 1), base.length * 8);
        for (int bit = bits; bit < base.length * 8; bit++) {
            if ((base[bit / 8] & (0x80 >> (bit % 8))) != 0) {
                throw wrong(text, "the address has bits beyond the " + bits + " that count");
            }
        }
        return new AddressRange(base, bits);
    }

    boolean contains(InetAddress address) {
        byte[] other = address.getAddress();
        if (other.length != base.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((base[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] literal(String text, String address) {
        boolean whole = address.contains(":") || address.matches("\\d{1,3}(\\.\\d{1,3}){3}");
        try {
            if (whole) {
                return InetAddress.getByName(address).getAddress();
            }
        } catch (UnknownHostException e) {
            throw wrong(text, "it must be like 10.0.0.0/8 or fd00::/8");
        }
        throw wrong(text, "it must be like 10.0.0.0/8 or fd00::/8");
    }

    private static int number(String text, String bits, int most) {
        if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > most) {
            throw wrong(text, "behind the slash there must be a number from 0 to " + most);
        }
        return Integer.parseInt(bits);
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("'" + text + "' is no range of addresses: " + why);
    }

    @Override
    public String toString() {
        return Arrays.toString(base) + "/" + bits;
    }
}
