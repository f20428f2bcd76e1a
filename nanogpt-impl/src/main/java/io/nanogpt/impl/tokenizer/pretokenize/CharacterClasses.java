package io.nanogpt.impl.tokenizer.pretokenize;

import java.util.Arrays;

/** The classes of characters that patterns distinguish, by the general categories of Unicode 16. */
final class CharacterClasses {
    /** Punctuation, symbols, controls, unassigned. */
    static final int OTHER = 0;
    /** Of any script: {@code Lu} and {@code Lt}. */
    static final int UPPER = 1;
    /** {@code Ll}. */
    static final int LOWER = 2;
    /** Without case: {@code Lm} and {@code Lo}. */
    static final int CASELESS = 3;
    /** {@code M}. */
    static final int MARK = 4;
    /** {@code N}. */
    static final int NUMBER = 5;
    /** {@code White_Space} but for the two below. */
    static final int SPACE = 6;
    /** Line feed and carriage return. */
    static final int NEWLINE = 7;

    /** The characters of the property White_Space beyond ASCII. */
    private static final int[] WHITE_SPACE = {
        0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A,
        0x2028, 0x2029, 0x202F, 0x205F, 0x3000
    };

    private CharacterClasses() {}

    /** The class of each ASCII character. */
    static byte[] ascii() {
        byte[] classes = new byte[128];
        Arrays.fill(classes, 'A', 'Z' + 1, (byte) UPPER);
        Arrays.fill(classes, 'a', 'z' + 1, (byte) LOWER);
        Arrays.fill(classes, '0', '9' + 1, (byte) NUMBER);
        Arrays.fill(classes, '\t', '\r' + 1, (byte) SPACE);
        classes[' '] = SPACE;
        classes['\n'] = NEWLINE;
        classes['\r'] = NEWLINE;
        return classes;
    }

    /** The class of any code point. */
    static int of(int codePoint) {
        return All.CLASSES[codePoint];
    }

    static boolean isLetter(int characterClass) {
        return characterClass >= UPPER && characterClass <= CASELESS;
    }

    static boolean isSpace(int characterClass) {
        return characterClass >= SPACE;
    }

    /** Computed at the first character beyond ASCII. */
    private static final class All {
        static final byte[] CLASSES = classes();

        private static byte[] classes() {
            byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
            CategoryRuns.forEach((category, first, end) -> {
                int characterClass = characterClass(category);
                if (characterClass != OTHER) {
                    Arrays.fill(classes, first, end, (byte) characterClass);
                }
            });
            byte[] ascii = ascii();
            System.arraycopy(ascii, 0, classes, 0, ascii.length);
            for (int space : WHITE_SPACE) {
                classes[space] = SPACE;
            }
            return classes;
        }

        private static int characterClass(String category) {
            return switch (category) {
                case "Lu", "Lt" -> UPPER;
                case "Ll" -> LOWER;
                case "Lm", "Lo" -> CASELESS;
                case "Mn", "Mc", "Me" -> MARK;
                case "Nd", "Nl", "No" -> NUMBER;
                default -> OTHER;
            };
        }
    }
}
