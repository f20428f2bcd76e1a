package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.util.Arrays;

/** Tokens a second of greedy decoding: from the cache or state of a model, and by computing the whole text for each token. */
final class DecodingSpeed {
    private static final int TIMES = 5;

    private final LanguageModel model;
    private final String prompt;
    private final int tokens;

    /**
     * Speeds of continuing a prompt within the context of a model.
     *
     * @param tokens of a continuation
     */
    DecodingSpeed(LanguageModel model, String prompt, int tokens) {
        this.model = model;
        this.prompt = prompt;
        this.tokens = tokens;
    }

    double cached() {
        return perSecond(() -> model.generate(prompt, GenerationOptions.greedy().withMaxTokens(tokens)));
    }

    double dense() {
        return perSecond(() -> {
            int[] ids = model.tokenizer().encode(prompt);
            for (int i = 0; i < tokens; i++) {
                int next = Study.mostLikely(model.logits(ids));
                ids = Arrays.copyOf(ids, ids.length + 1);
                ids[ids.length - 1] = next;
            }
        });
    }

    /** Tokens a second of the fastest of some repetitions, which other load on the machine disturbs least. */
    private double perSecond(Runnable continuation) {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            continuation.run();
            fastest = Math.min(fastest, System.nanoTime() - begin);
        }
        return tokens * 1e9 / fastest;
    }
}
