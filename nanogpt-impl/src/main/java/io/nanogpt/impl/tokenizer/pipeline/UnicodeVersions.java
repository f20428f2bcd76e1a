package io.nanogpt.impl.tokenizer.pipeline;

import java.text.Normalizer;
import java.text.Normalizer.Form;

/**
 * Normalization and lower case as Hugging Face tokenizers has them on every JDK: it decomposes the characters of Unicode
 * 11, and knows the cases of Unicode 17.
 */
final class UnicodeVersions {
    /** Characters with decompositions that are younger than Unicode 11. */
    private static final int[][] UNDECOMPOSED = {
        {0x32FF, 0x32FF},
        {0xA7F2, 0xA7F4},
        {0xAB69, 0xAB69},
        {0x105C9, 0x105C9},
        {0x105E4, 0x105E4},
        {0x10781, 0x107BA},
        {0x11383, 0x113C8},
        {0x11938, 0x11938},
        {0x16121, 0x16128},
        {0x16D68, 0x16D6A},
        {0x1CCD6, 0x1CCF9},
        {0x1E030, 0x1E06D},
        {0x1F16C, 0x1F16C},
        {0x1FBF0, 0x1FBF9}
    };

    /** Upper case letters younger than Unicode 13, that of JDK 17: first, last, step, and the lower case of the first. */
    private static final int[][] CASES = {
        {0x1C89, 0x1C89, 1, 0x1C8A},
        {0x2C2F, 0x2C2F, 1, 0x2C5F},
        {0xA7C0, 0xA7C0, 1, 0xA7C1},
        {0xA7CB, 0xA7CB, 1, 0x264},
        {0xA7CC, 0xA7DA, 2, 0xA7CD},
        {0xA7DC, 0xA7DC, 1, 0x19B},
        {0x10570, 0x10595, 1, 0x10597},
        {0x10D50, 0x10D65, 1, 0x10D70},
        {0x16EA0, 0x16EB8, 1, 0x16EBB}
    };

    private UnicodeVersions() {}

    static String normalize(String text, Form form) {
        StringBuilder out = null;
        int begin = 0;
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            int end = at + Character.charCount(codePoint);
            if (codePoint >= UNDECOMPOSED[0][0] && isUndecomposed(codePoint)) {
                out = out == null ? new StringBuilder() : out;
                out.append(Normalizer.normalize(text.substring(begin, at), form))
                        .append(text, at, end);
                begin = end;
            }
            at = end;
        }
        String rest = Normalizer.normalize(out == null ? text : text.substring(begin), form);
        return out == null ? rest : out.append(rest).toString();
    }

    private static boolean isUndecomposed(int codePoint) {
        for (int[] range : UNDECOMPOSED) {
            if (codePoint >= range[0] && codePoint <= range[1]) {
                return true;
            }
        }
        return false;
    }

    static int lowercase(int codePoint) {
        for (int[] letters : CASES) {
            boolean within = codePoint >= letters[0] && codePoint <= letters[1];
            if (within && (codePoint - letters[0]) % letters[2] == 0 && isAssigned(codePoint)) {
                return codePoint - letters[0] + letters[3];
            }
        }
        return Character.toLowerCase(codePoint);
    }

    /** Whether there is a letter within the ranges. */
    private static boolean isAssigned(int codePoint) {
        return codePoint != 0x1057B && codePoint != 0x1058B && codePoint != 0x10593;
    }
}
