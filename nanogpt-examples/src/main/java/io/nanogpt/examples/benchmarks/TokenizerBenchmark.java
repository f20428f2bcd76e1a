package io.nanogpt.examples.benchmarks;

import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.WordCounts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Times byte-level BPE. {@code train FILE VOCABULARY [PATTERN] [OUT.json]}: training, start of the JVM included. {@code
 * code FILE TOKENIZER THREADS}: encoding the file, first pass and best of ten, decoding, and a word of 1 MB. {@code count FILE
 * THREADS}: counting the pre-tokens of the first 1/64, 1/16, 1/4 and all of the file, their number and the bytes of the counts.
 */
public final class TokenizerBenchmark {
    private static final int PASSES = 10;
    private static final int COUNTS = 3;
    private static final int IDS_AT_ONCE = 1 << 16;
    private static final int LONG_WORD = 1_000_000;

    private TokenizerBenchmark() {}

    /** Prints a line for each figure. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        if (arguments[0].equals("train")) {
            SplitPattern pattern = arguments.length > 3 ? SplitPattern.of(arguments[3]) : SplitPattern.GPT2;
            Tokenizer tokenizer = Tokenizers.byteLevelBpe()
                    .vocabularySize(Integer.parseInt(arguments[2]))
                    .specialTokens("<|endoftext|>")
                    .pattern(pattern)
                    .train(file);
            double seconds = (System.currentTimeMillis()
                            - ManagementFactory.getRuntimeMXBean().getStartTime())
                    / 1e3;
            print("nanogpt train, start of the JVM included", Files.size(file), seconds, tokenizer.vocabularySize());
            if (arguments.length > 4) {
                tokenizer.save(Path.of(arguments[4]));
            }
            return;
        }
        if (arguments[0].equals("count")) {
            count(Files.readAllBytes(file), Integer.parseInt(arguments[2]));
            return;
        }
        Tokenizer tokenizer = Tokenizers.load(Path.of(arguments[2]));
        byte[] text = Files.readAllBytes(file);
        encode(tokenizer, text, Integer.parseInt(arguments[3]));
        decode(tokenizer, tokenizer.encode(new String(text, StandardCharsets.UTF_8)), text.length);
        longWords(tokenizer);
    }

    private static void count(byte[] text, int threads) throws IOException {
        Tokenizers.ByteLevelBpe settings =
                Tokenizers.byteLevelBpe().vocabularySize(Integer.MAX_VALUE).threads(threads);
        for (int part = 64; part >= 1; part /= 4) {
            int length = text.length / part;
            double best = Double.MAX_VALUE;
            WordCounts counts = WordCounts.empty();
            for (int pass = 0; pass < COUNTS; pass++) {
                long begin = System.nanoTime();
                counts = settings.count(new ByteArrayInputStream(text, 0, length));
                best = Math.min(best, (System.nanoTime() - begin) / 1e9);
            }
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            counts.write(written);
            System.out.printf(
                    Locale.ROOT,
                    "count %.2f MB, best: %.3f s, %.1f MB/s, %d distinct pre-tokens, %.2f MB of counts%n",
                    length / 1e6,
                    best,
                    length / 1e6 / best,
                    counts.words(),
                    written.size() / 1e6);
        }
    }

    private static void encode(Tokenizer tokenizer, byte[] text, int threads) {
        String what = "nanogpt encode, " + threads + (threads == 1 ? " thread" : " threads");
        double best = Double.MAX_VALUE;
        for (int pass = 0; pass < PASSES; pass++) {
            long begin = System.nanoTime();
            long count = 0;
            try (TokenStream stream = tokenizer.stream(new ByteArrayInputStream(text), threads)) {
                int[] ids = new int[IDS_AT_ONCE];
                for (int read = stream.read(ids, 0, ids.length); read > 0; read = stream.read(ids, 0, ids.length)) {
                    count += read;
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            best = Math.min(best, seconds);
            if (pass == 0 || pass == PASSES - 1) {
                print(what + (pass == 0 ? ", first pass" : ", best"), text.length, pass == 0 ? seconds : best, count);
            }
        }
    }

    private static void decode(Tokenizer tokenizer, int[] ids, long size) {
        double bytes = Double.MAX_VALUE;
        double string = Double.MAX_VALUE;
        for (int pass = 0; pass < PASSES; pass++) {
            long begin = System.nanoTime();
            long length = tokenizer.decodeBytes(ids).length;
            long middle = System.nanoTime();
            length += tokenizer.decode(ids).length();
            long end = System.nanoTime();
            if (length == 0) {
                throw new IllegalStateException("nothing was decoded");
            }
            bytes = Math.min(bytes, (middle - begin) / 1e9);
            string = Math.min(string, (end - middle) / 1e9);
        }
        print("nanogpt decode to bytes, best", size, bytes, ids.length);
        print("nanogpt decode to a String, best", size, string, ids.length);
    }

    private static void longWords(Tokenizer tokenizer) {
        char[] letters = new char[LONG_WORD];
        long state = 1;
        for (int i = 0; i < LONG_WORD; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            letters[i] = (char) ('a' + (state >>> 33) % 26);
        }
        char[] same = new char[LONG_WORD];
        Arrays.fill(same, 'a');
        char[] signs = new char[LONG_WORD];
        Arrays.fill(signs, '=');
        for (char[] word : new char[][] {same, letters, signs}) {
            String text = new String(word);
            for (String pass : new String[] {"first", "second"}) {
                long begin = System.nanoTime();
                int count = tokenizer.encode(text).length;
                double seconds = (System.nanoTime() - begin) / 1e9;
                print("nanogpt word of 1 MB, " + text.substring(0, 3) + "..., " + pass, LONG_WORD, seconds, count);
            }
        }
    }

    private static void print(String what, long bytes, double seconds, long ids) {
        System.out.printf(Locale.ROOT, "%s: %.3f s, %.1f MB/s, %d ids%n", what, seconds, bytes / 1e6 / seconds, ids);
    }
}
