package io.nanogpt.impl.generate;

import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Sampler;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.random.RandomStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The generation of a text. Token {@code i} depends on the prompt, the options and the seed alone. */
final class Generation {
    private final Request request;
    private final GenerationOptions options;
    private final TokenTexts texts;
    private final ContextWindow window;
    private final Deadline deadline;
    private final Sampler sampler;
    private final Rules rules;
    private final long key;
    private final Continuation continuation;
    private final StreamedText output;
    /** The ids at which the text ends, which are no part of it. */
    private final Set<Integer> ends;

    private int index;

    Generation(
            Request request,
            TokenTexts texts,
            int[] prompt,
            ContextWindow window,
            Deadline deadline,
            Set<Integer> ends) {
        this.ends = ends;
        this.request = request;
        this.texts = texts;
        this.window = window;
        this.deadline = deadline;
        options = request.options();
        sampler = TokenSamplers.of(options.sampling());
        rules = new Rules(options, texts);
        key = RandomStream.GENERATION.key(options.seed());
        continuation = new Continuation(texts, prompt, options.stops());
        output = new StreamedText(continuation, options.stops(), request.listener());
    }

    Request request() {
        return request;
    }

    ContextWindow window() {
        return window;
    }

    /** Tokens so far. */
    int tokens() {
        return index;
    }

    /**
     * Adds a token, with the logits of the window, and prepares the next ones.
     *
     * @return whether there are more; {@link #finish} otherwise
     */
    boolean next() {
        if (deadline.isOver(index)) {
            return false;
        }
        float[] logits = window.logits();
        Arrays.fill(logits, texts.vocabularySize(), logits.length, Float.NEGATIVE_INFINITY);
        Optional<LogProbabilities> plain =
                options.logProbabilities().isPresent() ? Optional.of(new LogProbabilities(logits)) : Optional.empty();
        if (!rules.apply(continuation, logits)) {
            rules.requireMatch(continuation);
            return false;
        }
        int id = requireId(sampler.sample(logits, CounterRandom.uniform(key, index)));
        if (ends.contains(id)) {
            return false;
        }
        boolean more = output.add(
                id,
                plain.map(scores -> scores.scores(id, options.logProbabilities().orElse(0), texts)));
        index++;
        if (!more || index == options.maxTokens()) {
            return false;
        }
        window.append(id);
        return true;
    }

    /** The whole text, all of which the listener has then received. */
    String finish() {
        return output.finish();
    }

    private int requireId(int id) {
        if (id < 0 || id >= texts.vocabularySize()) {
            throw new IllegalArgumentException("the sampler chose id " + id + ", but ids run from 0 to "
                    + (texts.vocabularySize() - 1) + "; it must choose among the logits it is given");
        }
        return id;
    }
}
