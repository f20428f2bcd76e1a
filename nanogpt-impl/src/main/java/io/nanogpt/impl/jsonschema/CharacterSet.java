package io.nanogpt.impl.jsonschema;

import io.nanogpt.impl.regex.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of characters.
 *
 * @param members code points without surrogates; of a class of a pattern, those up to {@link #LARGEST_OF_CLASS}
 */
record CharacterSet(BitSet members) {
    /** The last character that is looked up in a class: the last one of planes 0 and 1, in which all alphabets are. */
    private static final int LARGEST_OF_CLASS = 0x1FFFF;

    private static final int LARGEST_ASCII = 0x7F;

    /** A class without flags that has ASCII characters only. */
    private static final Pattern ASCII_ONLY = Pattern.compile(
            "\\\\[dw!-/:-@\\[-`{-~]|\\[(?!\\^)(?:[\\x20-\\x7E&&[^\\\\\\[&]]|\\\\[dw\\x20-\\x2F:-@\\[-`{-~])+\\]");

    private static final Pattern BY_NUMBER = Pattern.compile("\\\\x\\{([0-9A-F]+)}");

    /** The set of a class of a pattern. */
    static CharacterSet of(Node.Characters characters) {
        Matcher number = BY_NUMBER.matcher(characters.java());
        if (number.matches() && characters.flags() == 0) {
            BitSet single = new BitSet();
            single.set(Integer.parseInt(number.group(1), 16));
            single.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
            return new CharacterSet(single);
        }
        boolean ascii = characters.flags() == 0
                && (characters.java().length() == 1
                        ? characters.java().charAt(0) <= LARGEST_ASCII
                                && !characters.java().equals(".")
                        : ASCII_ONLY.matcher(characters.java()).matches());
        Matcher matcher = Pattern.compile(characters.java(), characters.flags()).matcher("");
        int last = ascii ? LARGEST_ASCII : LARGEST_OF_CLASS;
        BitSet members = new BitSet();
        for (int codePoint = 0; codePoint <= last; codePoint++) {
            boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            members.set(
                    codePoint,
                    !surrogate && matcher.reset(Character.toString(codePoint)).matches());
        }
        return new CharacterSet(members);
    }

    /** Every character. */
    static CharacterSet all() {
        BitSet members = new BitSet();
        members.set(0, Character.MAX_CODE_POINT + 1);
        members.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
        return new CharacterSet(members);
    }

    /** The ASCII characters that a JSON string has as they are. */
    BitSet plainAscii() {
        BitSet plain = members.get(0, LARGEST_ASCII + 1);
        plain.clear(0, ' ');
        plain.clear('"');
        plain.clear('\\');
        return plain;
    }

    /** Whether a JSON string has all of them as they are, in a byte each. */
    boolean isPlainAscii() {
        return members.length() <= LARGEST_ASCII + 1 && plainAscii().equals(members);
    }

    /** The sequences of bytes of those beyond ASCII. */
    List<int[][]> utf8() {
        List<int[][]> sequences = new ArrayList<>();
        for (int from = members.nextSetBit(LARGEST_ASCII + 1); from >= 0; ) {
            int to = members.nextClearBit(from);
            sequences.addAll(Utf8Ranges.of(from, to - 1));
            from = members.nextSetBit(to);
        }
        return sequences;
    }
}
