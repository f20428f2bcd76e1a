package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.Generation;
import java.util.Arrays;

/** Tokens a second of greedy decoding: from the cache or state of a model, and by computing the whole text for each token. */
final class DecodingSpeed {
    private final LanguageModel model;
    private final String prompt;
    private final int tokens;

    /**
     * Of continuations of a prompt that fit into the context of a model.
     *
     * @param tokens of a continuation
     */
    DecodingSpeed(LanguageModel model, String prompt, int tokens) {
        this.model = model;
        this.prompt = prompt;
        this.tokens = tokens;
    }

    double cached() {
        return perSecond(() -> model.generate(prompt, Generation.greedy().maxTokens(tokens)));
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

    /** Of the second time, when everything is compiled. */
    private double perSecond(Runnable continuation) {
        continuation.run();
        long begin = System.nanoTime();
        continuation.run();
        return tokens * 1e9 / (System.nanoTime() - begin);
    }
}
