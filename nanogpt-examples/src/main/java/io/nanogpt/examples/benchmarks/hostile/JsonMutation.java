package io.nanogpt.examples.benchmarks.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Changes of JSON that mostly leave it JSON: values replaced, moved, nested, repeated, made long. */
final class JsonMutation {
    private static final String[] VALUES = {
        "0",
        "-1",
        "1",
        "2147483647",
        "2147483648",
        "-2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "1e999",
        "-1e999",
        "1e-400",
        "1e307",
        "1e308",
        "NaN",
        "Infinity",
        "null",
        "true",
        "false",
        "\"\"",
        "[]",
        "{}",
        "[[]]",
        "0.5",
        "99999",
        "65536",
        "1000000000",
        "-0",
        "1E+2",
        "\"2147483647\"",
        "1".repeat(5000),
        "0." + "3".repeat(5000)
    };
    private static final String[] TEXTS = {
        "\\u0000",
        "\\ud800",
        "\\udc00x",
        "../../victim",
        "/etc/passwd",
        "\\u202e\\u001b[31m",
        "<script>alert(1)</script>",
        "=1+1",
        "\\uFEFF",
        "\uD83D\uDE00",
        "(a+)+b",
        "(?:a|b)+",
        "(a|a)*b",
        "\\\\p{L}+",
        "(((((",
        ".saved"
    };
    private static final int LONG_TEXT = 60_000;
    private static final int[] DEPTHS = {2, 999, 1001, 3000};

    private JsonMutation() {}

    static String mutate(String json, SplittableRandom random) {
        List<int[]> scalars = scalars(json);
        if (scalars.isEmpty()) {
            return json;
        }
        int[] chosen = scalars.get(random.nextInt(scalars.size()));
        String before = json.substring(0, chosen[0]);
        String value = json.substring(chosen[0], chosen[1]);
        String after = json.substring(chosen[1]);
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> before + VALUES[random.nextInt(VALUES.length)] + after;
            case 3 -> before + '"' + TEXTS[random.nextInt(TEXTS.length)] + '"' + after;
            case 4 -> {
                int[] other = scalars.get(random.nextInt(scalars.size()));
                yield before + json.substring(other[0], other[1]) + after;
            }
            case 5 -> {
                int depth = DEPTHS[random.nextInt(DEPTHS.length)];
                yield before + "[".repeat(depth) + value + "]".repeat(depth) + after;
            }
            case 6 -> before + '"' + "a".repeat(random.nextInt(LONG_TEXT)) + '"' + after;
            case 7 -> before + (value + ",").repeat(1 + random.nextInt(1000)) + value + after;
            case 8 -> LineMutation.mutate(json, random);
            default -> before + after;
        };
    }

    /** Begin and end of each string (a key too), number and word. */
    private static List<int[]> scalars(String json) {
        List<int[]> found = new ArrayList<>();
        int at = 0;
        while (at < json.length()) {
            char c = json.charAt(at);
            int end = at + 1;
            if (c == '"') {
                while (end < json.length() && json.charAt(end) != '"') {
                    end += json.charAt(end) == '\\' ? 2 : 1;
                }
                end = Math.min(end + 1, json.length());
                found.add(new int[] {at, end});
            } else if (Character.isLetterOrDigit(c) || c == '-') {
                while (end < json.length() && isPartOfWord(json.charAt(end))) {
                    end++;
                }
                found.add(new int[] {at, end});
            }
            at = end;
        }
        return found;
    }

    private static boolean isPartOfWord(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '+';
    }
}
