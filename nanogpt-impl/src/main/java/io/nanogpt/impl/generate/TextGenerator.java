package io.nanogpt.impl.generate;

import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Sampler;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.random.RandomStream;
import io.nanogpt.spi.Decoder;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Continues prompts. Token {@code i} of a continuation depends on the prompt, the options and the seed alone. Safe for
 * use by many threads, each with a decoder of its own.
 */
public final class TextGenerator {
    private final Tokenizer tokenizer;
    private final TokenTexts texts;
    private final int logitCount;

    /**
     * Creates a generator.
     *
     * @param logitCount the number of logits of the model; those beyond the tokenizer's ids are never drawn
     */
    public TextGenerator(Tokenizer tokenizer, int logitCount) {
        if (tokenizer.vocabularySize() > logitCount) {
            throw new IllegalArgumentException("the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the model only " + logitCount + "; use the tokenizer that the model was trained with");
        }
        this.tokenizer = tokenizer;
        texts = new TokenTexts(tokenizer);
        this.logitCount = logitCount;
    }

    /**
     * Continues a prompt.
     *
     * @param listener receives each token once none of its text can become part of a stop
     * @return the continuation, without the prompt
     * @throws IllegalArgumentException if the prompt has no token or holds an unknown character
     * @throws io.nanogpt.generate.GenerationInterruptedException if the thread is interrupted
     */
    public String generate(Decoder decoder, String prompt, GenerationOptions options, Consumer<Token> listener) {
        Deadline deadline = new Deadline(options.output().timeout());
        int[] promptIds = encode(prompt);
        Sampler sampler = TokenSamplers.of(options.sampling());
        Rules rules = new Rules(options, texts);
        long key = RandomStream.GENERATION.key(options.seed());
        Continuation continuation = new Continuation(texts, promptIds, options.stops());
        StreamedText output = new StreamedText(continuation, options.stops(), listener);
        ContextWindow window = new ContextWindow(decoder, logitCount);
        float[] logits = window.logits();
        window.start(promptIds);
        for (int index = 0; ; index++) {
            if (deadline.isOver(index)) {
                return output.finish();
            }
            Arrays.fill(logits, texts.vocabularySize(), logitCount, Float.NEGATIVE_INFINITY);
            Optional<LogProbabilities> plain = options.logProbabilities().isPresent()
                    ? Optional.of(new LogProbabilities(logits))
                    : Optional.empty();
            if (!rules.apply(continuation, logits)) {
                rules.requireMatch(continuation);
                return output.finish();
            }
            int id = requireId(sampler.sample(logits, CounterRandom.uniform(key, index)));
            boolean more = output.add(
                    id,
                    plain.map(scores ->
                            scores.scores(id, options.logProbabilities().orElse(0), texts)));
            if (!more || index == options.maxTokens() - 1) {
                return output.finish();
            }
            window.append(id);
        }
    }

    /**
     * Refuses a beam search for which Java has too little memory.
     *
     * @throws IllegalArgumentException naming the beams, the vocabulary and the memory
     */
    public void requireFit(BeamSearch search) {
        long available = Runtime.getRuntime().maxMemory();
        BeamSearcher.requireFit(search.beams(), logitCount, available);
    }

    /**
     * Returns the most likely continuations that a beam search finds, the best first.
     *
     * @param decoders one per beam
     */
    public List<Hypothesis> beamSearch(
            List<Decoder> decoders, String prompt, BeamSearch search, GenerationOptions options) {
        return new BeamSearcher(texts, logitCount, search, options).search(decoders, encode(prompt));
    }

    private int requireId(int id) {
        if (id < 0 || id >= texts.vocabularySize()) {
            throw new IllegalArgumentException("the sampler chose id " + id + ", but ids run from 0 to "
                    + (texts.vocabularySize() - 1) + "; it must choose among the logits it is given");
        }
        return id;
    }

    /** Several continuations: sample {@code i} is drawn with seed {@code options.seed() + i}. */
    public List<String> samples(Decoder decoder, String prompt, int count, GenerationOptions options) {
        if (count < 1) {
            throw new IllegalArgumentException("the number of samples must be at least 1, but is " + count);
        }
        List<String> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(generate(decoder, prompt, options.withSeed(options.seed() + i), token -> {}));
        }
        return samples;
    }

    /** Samples at every pair of temperature and top-k, {@code count} each. */
    public GenerationGrid grid(
            Decoder decoder,
            String prompt,
            List<Double> temperatures,
            List<Integer> topKs,
            int count,
            GenerationOptions options) {
        if (temperatures.isEmpty() || topKs.isEmpty()) {
            throw new IllegalArgumentException(
                    "a grid needs at least one temperature and one top-k, but has " + temperatures + " and " + topKs);
        }
        List<GenerationOptions> settings = new ArrayList<>();
        for (double temperature : temperatures) {
            for (int topK : topKs) {
                // All are created before the first sample is drawn, so that invalid ones fail at once.
                settings.add(options.withTemperature(temperature).withTopK(topK));
            }
        }
        List<GenerationGrid.Cell> cells = settings.stream()
                .map(setting -> new GenerationGrid.Cell(
                        setting.temperature(), setting.topK(), samples(decoder, prompt, count, setting)))
                .toList();
        return new GenerationGrid(prompt, cells);
    }

    private int[] encode(String prompt) {
        int[] ids = tokenizer.encodePrompt(prompt);
        if (ids.length == 0) {
            throw new IllegalArgumentException(
                    (prompt.isEmpty() ? "the prompt is empty" : "the prompt has no known character")
                            + ", so there is nothing to continue; give at least one character, for example a line"
                            + " break");
        }
        return ids;
    }
}
