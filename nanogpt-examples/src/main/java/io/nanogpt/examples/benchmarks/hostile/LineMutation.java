package io.nanogpt.examples.benchmarks.hostile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Changes of text by lines: left out, repeated, exchanged, cut, or with a hostile piece. */
final class LineMutation {
    private static final String[] PIECES = {
        "\0",
        "\uFEFF",
        "\u202e",
        "\u2028",
        "\r",
        "\r\n\r\n",
        "\"",
        "\"\"\"",
        ",,,,",
        "\t",
        "\u0085",
        "=cmd|'/C calc'!A0",
        " ",
        "18446744073709551616",
        "-1",
        "\uD83D\uDE00",
        "\u001b[2J"
    };
    private static final int LONG_PIECE = 100_000;

    private LineMutation() {}

    static String mutate(String text, SplittableRandom random) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        int column = random.nextInt(line.length() + 1);
        switch (random.nextInt(6)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, line);
            case 2 -> lines.set(at, lines.set(random.nextInt(lines.size()), line));
            case 3 -> lines.set(at, line.substring(0, column));
            case 4 -> lines.set(at, line.substring(0, column) + "x".repeat(random.nextInt(LONG_PIECE)));
            default ->
                lines.set(
                        at, line.substring(0, column) + PIECES[random.nextInt(PIECES.length)] + line.substring(column));
        }
        return String.join("\n", lines);
    }
}
