package io.nanogpt.impl.regex;

import java.util.Random;

/** Random regular expressions of {@code java.util.regex}, and texts that they may match. */
public final class RandomPatterns {
    private static final String[] CLASSES = {
        "a",
        "b",
        "c",
        " ",
        "\\n",
        "1",
        "é",
        "\\x{1F600}",
        "[ab]",
        "[^a]",
        "[a-c&&[^b]]",
        "[\\s\\d]",
        "\\s",
        "\\S",
        "\\d",
        "\\w",
        "\\p{L}",
        "\\P{L}",
        "\\p{Lu}",
        "\\p{N}",
        "[^\\s\\p{L}\\p{N}]",
        ".",
        "(?i:a)",
        "(?s:.)",
        "\\u0062",
        "[]a]",
        "\\Qa.b\\E",
        "\\p{IsAlphabetic}",
        "\\pL",
        "\\h",
        "\\v",
        "[\\h]",
        "\\p{IsLatin}",
        "\\p{Punct}",
        "(?i:k)",
        "\\#"
    };
    private static final String[] ANCHORS = {"\\A", "^", "\\z", "(?!\\S)", "(?=a)", "(?!b)", "(?=[ab])"};
    private static final String[] OTHERS = {
        "$",
        "\\Z",
        "\\b",
        "\\B",
        "(?m)^",
        "(?m:$)",
        "(?<=a)",
        "(?<!b)",
        "(?=ab)",
        "(?!ab|b)",
        "(a|b)\\1",
        "(?<x>a)\\k<x>",
        "\\G",
        "\\X",
        "\\R",
        "\\R{2}",
        "(?>a|ab)",
        "(?:ab|a)?+",
        "(?d:.)",
        "(?d:$)",
        "(?m:^)"
    };
    private static final String[] QUANTIFIERS = {"?", "*", "+", "{2}", "{1,2}", "{0,3}", "{2,}"};
    private static final String[] SUFFIXES = {"", "", "", "?", "+"};
    private static final String[] TEXTS = {
        "a",
        "a",
        "a",
        "b",
        "b",
        "c",
        " ",
        " ",
        "\n",
        "\r\n",
        "1",
        "12",
        "é",
        "\uD83D\uDE00",
        "A",
        "B",
        ".",
        "a.b",
        "\u2028",
        "]",
        "\u212A",
        "K",
        "#",
        "\t"
    };

    private final Random random;
    private final boolean linear;

    /**
     * Creates a source.
     *
     * @param linear whether only what an automaton can express is wanted
     */
    public RandomPatterns(long seed, boolean linear) {
        random = new Random(seed);
        this.linear = linear;
    }

    /** A pattern that matches some text of {@link #text}, or none. */
    public String pattern() {
        return choice(2);
    }

    private String choice(int depth) {
        StringBuilder choice = new StringBuilder(sequence(depth));
        while (random.nextInt(3) == 0) {
            choice.append('|').append(sequence(depth));
        }
        return choice.toString();
    }

    private String sequence(int depth) {
        StringBuilder sequence = new StringBuilder();
        for (int parts = 1 + random.nextInt(3); parts > 0; parts--) {
            sequence.append(part(depth));
        }
        return sequence.toString();
    }

    private String part(int depth) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return pick(ANCHORS);
        }
        if (kind == 1 && !linear) {
            return pick(OTHERS);
        }
        boolean group = depth > 0 && kind < 8;
        String body = group ? (kind % 2 == 0 ? "(?:" : "(") + choice(depth - 1) + ")" : pick(CLASSES);
        if (random.nextInt(2) == 0) {
            return body;
        }
        String suffix = pick(SUFFIXES);
        return body + pick(QUANTIFIERS) + (group && linear && suffix.equals("+") ? "" : suffix);
    }

    /** A text of up to {@code most} parts. */
    public String text(int most) {
        StringBuilder text = new StringBuilder();
        for (int parts = random.nextInt(most + 1); parts > 0; parts--) {
            text.append(pick(TEXTS));
        }
        return text.toString();
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }
}
