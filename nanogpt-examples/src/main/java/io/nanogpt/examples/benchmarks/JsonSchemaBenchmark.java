package io.nanogpt.examples.benchmarks;

import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.impl.generate.TextGenerator;
import io.nanogpt.impl.schedule.Scheduler;
import io.nanogpt.spi.Decoder;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Times what a JSON schema adds to a token: generation with a decoder that computes nothing, with and without it.
 * {@code [TOKENIZER.json]...}; the characters of ASCII without one.
 */
public final class JsonSchemaBenchmark {
    private static final int TEXTS = 200;
    private static final int TOKENS = 200;
    private static final String SCHEMA = """
            {"type": "object", "additionalProperties": false, "required": ["title", "body", "tags", "score"],
             "properties": {
               "title": {"type": "string", "minLength": 20, "maxLength": 60},
               "body": {"type": "string", "minLength": 60},
               "tags": {"type": "array", "maxItems": 8, "items": {"type": "string", "pattern": "^[a-z ]+$"}},
               "score": {"type": "number", "minimum": 0, "maximum": 1}}}
            """;

    private JsonSchemaBenchmark() {}

    /** Prints a line for each tokenizer. */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            String ascii =
                    IntStream.range(' ', 0x7F).mapToObj(Character::toString).collect(Collectors.joining());
            measure(Tokenizers.characters().train(Corpus.ofText(ascii + "\n")));
        }
        for (String file : arguments) {
            measure(Tokenizers.load(Path.of(file)));
        }
    }

    private static void measure(Tokenizer tokenizer) {
        GenerationOptions plain = GenerationOptions.defaults().withMaxTokens(TOKENS);
        GenerationOptions schema = plain.withJsonSchema(JsonSchema.of(SCHEMA));
        int vocabulary = tokenizer.vocabularySize();
        try (Scheduler scheduler = new Scheduler(Optional::empty, () -> new Noise(vocabulary), vocabulary)) {
            TextGenerator generator = new TextGenerator(tokenizer, vocabulary, scheduler);
            microseconds(generator, plain);
            double without = microseconds(generator, plain);
            double first = microseconds(generator, schema);
            double with = microseconds(generator, schema);
            System.out.printf(
                    Locale.ROOT,
                    "vocabulary %d: %.1f us a token without a schema, %.1f with it (%.1f in the first %d texts)%n",
                    vocabulary,
                    without,
                    with,
                    first,
                    TEXTS);
        }
    }

    private static double microseconds(TextGenerator generator, GenerationOptions options) {
        int[] tokens = new int[1];
        long begin = System.nanoTime();
        for (int text = 0; text < TEXTS; text++) {
            generator.generate("x", options.withSeed(text), token -> tokens[0]++);
        }
        return (System.nanoTime() - begin) / 1e3 / tokens[0];
    }

    /** Random logits, from a table that is made once. */
    private static final class Noise implements Decoder {
        private static final float[] TABLE = new float[1 << 17];

        static {
            Random random = new Random(1);
            for (int i = 0; i < TABLE.length; i++) {
                TABLE[i] = (float) random.nextGaussian();
            }
        }

        private final int vocabulary;
        private int length;

        Noise(int vocabulary) {
            this.vocabulary = vocabulary;
        }

        @Override
        public int contextLength() {
            return Integer.MAX_VALUE;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void reset() {
            length = 0;
        }

        @Override
        public void feed(int[] ids, int from, int count, float[] logits) {
            length += count;
            System.arraycopy(TABLE, 97 * length % (TABLE.length - vocabulary), logits, 0, vocabulary);
        }

        @Override
        public void close() {}
    }
}
