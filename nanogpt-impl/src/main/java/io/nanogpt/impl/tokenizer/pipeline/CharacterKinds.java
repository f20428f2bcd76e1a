package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.pretokenize.UnicodeCategories;
import java.util.BitSet;

/** The kinds of characters that stages distinguish, as Hugging Face tokenizers does. */
final class CharacterKinds {
    private static final String WHITE_SPACE =
            "\t\n\u000B\f\r \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A"
                    + "\u2028\u2029\u202F\u205F\u3000";

    private CharacterKinds() {}

    static boolean isSpace(int codePoint) {
        return codePoint <= 0x3000 && WHITE_SPACE.indexOf(codePoint) >= 0;
    }

    static boolean isNumber(int codePoint) {
        return codePoint < 0x80 ? codePoint >= '0' && codePoint <= '9' : Sets.NUMBERS.get(codePoint);
    }

    static boolean isPunctuation(int codePoint) {
        return codePoint < 0x80
                ? codePoint > ' ' && codePoint < 0x7F && !Character.isLetterOrDigit(codePoint)
                : Sets.PUNCTUATION.get(codePoint);
    }

    /** A character of a word: a letter, mark, decimal digit, connector or joiner. */
    static boolean isWord(int codePoint) {
        return codePoint < 0x80 ? Character.isLetterOrDigit(codePoint) || codePoint == '_' : Sets.WORDS.get(codePoint);
    }

    static boolean isMark(int codePoint) {
        return codePoint >= 0x80 && Sets.MARKS.get(codePoint);
    }

    static boolean isNonspacingMark(int codePoint) {
        return codePoint >= 0x80 && Sets.NONSPACING.get(codePoint);
    }

    /** A control, a format character or one of private use. */
    static boolean isControl(int codePoint) {
        return codePoint < 0x80 ? Character.isISOControl(codePoint) : Sets.CONTROLS.get(codePoint);
    }

    /** Computed at the first character beyond ASCII. */
    private static final class Sets {
        private static final BitSet NUMBERS =
                UnicodeDifferences.apply(UnicodeCategories.union("N"), UnicodeDifferences.NUMBERS);
        private static final BitSet PUNCTUATION =
                UnicodeDifferences.apply(UnicodeCategories.union("P"), UnicodeDifferences.PUNCTUATION);
        private static final BitSet MARKS =
                UnicodeDifferences.apply(UnicodeCategories.union("M"), UnicodeDifferences.MARKS);
        private static final BitSet NONSPACING =
                UnicodeDifferences.apply(UnicodeCategories.union("Mn"), UnicodeDifferences.NONSPACING);
        private static final BitSet CONTROLS =
                UnicodeDifferences.apply(UnicodeCategories.union("Cc", "Cf", "Co"), UnicodeDifferences.CONTROLS);
        private static final BitSet WORDS = words();

        private static BitSet words() {
            BitSet words = UnicodeCategories.union("L", "M", "Nd", "Nl", "Pc");
            for (int codePoint = 0x80; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
                if (Character.isAlphabetic(codePoint)) {
                    words.set(codePoint); // Circled letters are symbols.
                }
            }
            words.set(0x200C, 0x200E);
            return words;
        }
    }
}
