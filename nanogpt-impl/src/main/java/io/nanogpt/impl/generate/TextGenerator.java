package io.nanogpt.impl.generate;

import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.schedule.Scheduler;
import io.nanogpt.impl.schedule.Session;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Continues prompts. Token {@code i} of a continuation depends on the prompt, the options and the seed alone. Safe for
 * use by many threads, whose sequences a scheduler decodes together.
 */
public final class TextGenerator {
    private final Tokenizer tokenizer;
    private final TokenTexts texts;
    private final int logitCount;
    private final Scheduler scheduler;
    private final Background background;
    /** The ids at which a text ends. */
    private volatile Set<Integer> ends = Set.of();

    /**
     * Creates a generator.
     *
     * @param logitCount the number of logits of the model; those beyond the tokenizer's ids are never drawn
     */
    public TextGenerator(Tokenizer tokenizer, int logitCount, Scheduler scheduler) {
        if (tokenizer.vocabularySize() > logitCount) {
            throw new IllegalArgumentException("the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the model only " + logitCount + "; use the tokenizer that the model was trained with");
        }
        this.tokenizer = tokenizer;
        texts = new TokenTexts(tokenizer);
        this.logitCount = logitCount;
        this.scheduler = scheduler;
        background = new Background(this, scheduler);
    }

    /** Sets the ids at which texts end, unless their options disable it. */
    public void endAt(Set<Integer> ids) {
        ends = Set.copyOf(ids);
    }

    /** The ids at which a text with these options ends; a JSON value ends by itself. */
    Set<Integer> ends(GenerationOptions options) {
        return options.output().recordEnd()
                        && options.constraints().jsonSchema().isEmpty()
                ? ends
                : Set.of();
    }

    /** Continues a text, as {@link #generate(Prompt, GenerationOptions, Consumer)} does. */
    public String generate(String prompt, GenerationOptions options, Consumer<Token> listener) {
        return generate(Prompt.of(prompt), options, listener);
    }

    /**
     * Continues a prompt.
     *
     * @param listener receives each token once none of its text can become part of a stop
     * @return the continuation, without the prompt
     * @throws IllegalArgumentException if the prompt has no token or holds an unknown character
     * @throws GenerationInterruptedException if the thread is interrupted
     */
    public String generate(Prompt prompt, GenerationOptions options, Consumer<Token> listener) {
        Request request = new Request(prompt, options, listener);
        try (Texts texts = texts(List.of(request).iterator(), false)) {
            return texts.next();
        }
    }

    /** Continues a prompt in the background, and then runs an action. */
    public CompletableFuture<String> generateAsync(
            Prompt prompt, GenerationOptions options, Consumer<Token> listener, Runnable after) {
        Request request = new Request(prompt, options, listener);
        background.submit(request, after);
        return request.result();
    }

    /** Continues prompts, in their order, as the texts are asked for. */
    public Texts generate(Iterator<String> prompts, GenerationOptions options) {
        return texts(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return prompts.hasNext();
                    }

                    @Override
                    public Request next() {
                        return new Request(Prompt.of(prompts.next()), options);
                    }
                },
                false);
    }

    private Texts texts(Iterator<Request> requests, boolean shared) {
        return new Texts(this, scheduler, requests, shared);
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

    /** Returns the most likely continuations that a beam search finds, the best first. */
    public List<Hypothesis> beamSearch(String prompt, BeamSearch search, GenerationOptions options) {
        int[] ids = encode(Prompt.of(prompt));
        try (Session session = scheduler.session()) {
            return new BeamSearcher(texts, logitCount, search, options, ends(options))
                    .search(session, scheduler.copies(), ids);
        }
    }

    /** Several continuations: sample {@code i} is drawn with seed {@code options.seed() + i}. */
    public List<String> samples(String prompt, int count, GenerationOptions options) {
        return samples(prompt, count, List.of(options)).get(0);
    }

    /** Several continuations with each of some options. */
    private List<List<String>> samples(String prompt, int count, List<GenerationOptions> settings) {
        if (count < 1) {
            throw new IllegalArgumentException("the number of samples must be at least 1, but is " + count);
        }
        long all = (long) settings.size() * count;
        // A stream of streams would hold all requests of a setting.
        Iterator<Request> requests = LongStream.range(0, all)
                .mapToObj(i -> {
                    GenerationOptions setting = settings.get((int) (i / count));
                    return new Request(Prompt.of(prompt), setting.withSeed(setting.seed() + i % count));
                })
                .iterator();
        List<List<String>> samples = new ArrayList<>();
        try (Texts texts = texts(requests, true)) {
            for (int setting = 0; setting < settings.size(); setting++) {
                List<String> own = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    own.add(texts.next());
                }
                samples.add(own);
            }
        }
        return samples;
    }

    /** Samples at every pair of temperature and top-k, {@code count} each. */
    public GenerationGrid grid(
            String prompt, List<Double> temperatures, List<Integer> topKs, int count, GenerationOptions options) {
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
        List<List<String>> samples = samples(prompt, count, settings);
        List<GenerationGrid.Cell> cells = IntStream.range(0, settings.size())
                .mapToObj(i -> new GenerationGrid.Cell(
                        settings.get(i).temperature(), settings.get(i).topK(), samples.get(i)))
                .toList();
        return new GenerationGrid(prompt, cells);
    }

    Generation generation(Request request, int[] prompt, ContextWindow window, Deadline deadline) {
        return new Generation(request, texts, prompt, window, deadline, ends(request.options()));
    }

    int[] encode(Prompt prompt) {
        return prompt.encode(tokenizer);
    }
}
