package io.nanogpt.examples.systems;

import io.nanogpt.tokenizer.CompressionReport;
import io.nanogpt.tokenizer.EncodingSpeed;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Answers to the written questions of the assignment about Unicode, tokenizers and SGD, computed. */
final class Cs336Questions {
    /** The Pile, whose encoding the assignment asks about. */
    private static final double PILE_BYTES = 825e9;

    /** The part of the text that is encoded over and over to measure the speed. */
    private static final int TIMED_BYTES = 1_000_000;

    private static final int SGD_STEPS = 10;

    private final Path text;
    private final Tokenizer tokenizer;
    private final CompressionReport compression;

    /**
     * Questions about a text.
     *
     * @param compression of the text by the tokenizer
     */
    Cs336Questions(Path text, Tokenizer tokenizer, CompressionReport compression) {
        this.text = text;
        this.tokenizer = tokenizer;
        this.compression = compression;
    }

    String answers() throws IOException {
        StringBuilder answers = new StringBuilder();
        unicode(answers);
        tokenizers(answers);
        return answers.toString();
    }

    private static void unicode(StringBuilder answers) {
        line(
                answers,
                "The character of code 0 is a control character, %s; printed it shows nothing, but it is in the text.",
                Character.getName(0));
        String sample = "hello! \u3053\u3093\u306b\u3061\u306f!";
        line(
                answers,
                "%d characters (\"hello!\" and a greeting in Japanese) take %d bytes in UTF-8, %d in UTF-16 and %d in"
                        + " UTF-32; most bytes of the latter two are 0, which a tokenizer of bytes would have to learn.",
                sample.length(),
                sample.getBytes(StandardCharsets.UTF_8).length,
                sample.getBytes(StandardCharsets.UTF_16BE).length,
                sample.getBytes(Charset.forName("UTF-32BE")).length);
        byte[] kana = "\u3053".getBytes(StandardCharsets.UTF_8);
        StringBuilder alone = new StringBuilder();
        for (byte part : kana) {
            alone.append(new String(new byte[] {part}, StandardCharsets.UTF_8));
        }
        line(
                answers,
                "Bytes decoded one by one are wrong: the %d bytes of one kana become %d replacement characters.",
                kana.length,
                alone.codePoints().filter(code -> code == 0xFFFD).count());
        byte[] broken = {(byte) 0xC3, (byte) 0x28};
        line(
                answers,
                "The bytes C3 28 are no character: the first announces a second byte from 80 to BF; they decode to %s.",
                new String(broken, StandardCharsets.UTF_8)
                        .codePoints()
                        .mapToObj(code -> String.format("U+%04X", code))
                        .toList());
    }

    private void tokenizers(StringBuilder answers) throws IOException {
        int longest = IntStream.range(0, tokenizer.vocabularySize())
                .filter(id -> !tokenizer.specialTokens().containsValue(id))
                .boxed()
                .max(Comparator.comparingInt(id -> tokenizer.decode(id).length()))
                .orElseThrow();
        line(
                answers,
                "The longest of %,d tokens is \"%s\".",
                tokenizer.vocabularySize(),
                tokenizer.decode(longest).strip());
        line(
                answers,
                "It has %.2f bytes a token on its own text; the %d bytes alone, as tokens, have 1.00.",
                compression.bytesPerToken(),
                256);
        EncodingSpeed speed = EncodingSpeed.measure(tokenizer, beginning(), 1);
        line(
                answers,
                "One thread encodes the beginning of this text, again and again, at %.1f MB/s on %s. At that speed the Pile,"
                        + " 825 GB, would take %.0f hours; it has many more words, so it would take longer.",
                speed.megabytesPerSecond(),
                Study.machine(),
                speed.secondsFor(PILE_BYTES) / 3_600);
        line(
                answers,
                "Ids up to %,d fit into uint16: a token takes two bytes, for %.2f bytes of text.",
                tokenizer.vocabularySize() - 1,
                compression.bytesPerToken());
    }

    /** The beginning of the text, which may end within a character. */
    private String beginning() throws IOException {
        try (InputStream stream = Files.newInputStream(text)) {
            return new String(stream.readNBytes(TIMED_BYTES), StandardCharsets.UTF_8);
        }
    }

    /** SGD with a rate that falls with the root of the step, on the mean of the squares of 10 x 10 normal weights. */
    static String sgd() {
        MarkdownTable table = new MarkdownTable("learning rate", "first loss", "loss after 10 steps");
        for (double rate : new double[] {1, 10, 100, 1_000}) {
            Random random = new Random(0);
            double[] weights = IntStream.range(0, 100)
                    .mapToDouble(i -> 5 * random.nextGaussian())
                    .toArray();
            double first = meanSquare(weights);
            for (int step = 0; step < SGD_STEPS; step++) {
                for (int i = 0; i < weights.length; i++) {
                    double gradient = 2 * weights[i] / weights.length;
                    weights[i] -= rate / Math.sqrt(step + 1) * gradient;
                }
            }
            table.row(
                    Study.number("%.0f", rate), Study.number("%.2f", first), Study.number("%.3g", meanSquare(weights)));
        }
        return table.toString();
    }

    private static double meanSquare(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight * weight;
        }
        return sum / weights.length;
    }

    private static void line(StringBuilder answers, String format, Object... values) {
        answers.append("* ").append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
