package io.nanogpt.impl.tokenizer;

import java.util.Random;

/** Texts that are hard to cut: every kind of character side by side, and the parts that patterns match. */
public final class RandomTexts {
    private static final String[] PARTS = {
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "'s",
        "'S",
        "'ll",
        "'Re",
        "'\u017F",
        "'",
        "/",
        "!",
        "...",
        "a",
        "Z",
        "the",
        "Hello",
        "42",
        "7",
        "\u00A0",
        "\u3000",
        "\u2028",
        "\u0085",
        "\u0301",
        "\u0300\u0301",
        "\u00E9",
        "\u0416",
        "\u0436",
        "\u01C5",
        "\u02B0",
        "\u4E2D",
        "\u6587",
        "\u0661",
        "\u00BD",
        "\u2167",
        "\uD83D\uDE00",
        "\uD83D\uDC68\u200D\uD83D\uDC69",
        "\uD835\uDFD8",
        "\uD801\uDC00",
        "\uD801\uDC28",
        "\uD834\uDD65",
        "\uFEFF",
        "\u0000",
        "\uFFFD",
        "<|endoftext|>",
        "\u180E"
    };

    private RandomTexts() {}

    /** Parts that patterns distinguish, and any characters between them. */
    public static String of(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            if (random.nextInt(4) > 0) {
                text.append(PARTS[random.nextInt(PARTS.length)]);
            } else {
                text.appendCodePoint(codePoint(random));
            }
        }
        return text.toString();
    }

    private static int codePoint(Random random) {
        int limit = new int[] {0x80, 0x250, 0x3000, 0x10000, 0x20000, 0x110000}[random.nextInt(6)];
        int codePoint = random.nextInt(limit);
        return codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint;
    }
}
