package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatPrompt;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.generate.BatchOptions;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.data.TokensPerByte;
import io.nanogpt.impl.generate.Prompt;
import io.nanogpt.impl.generate.TextGenerator;
import io.nanogpt.impl.generate.Texts;
import io.nanogpt.impl.interop.ChatTemplateFile;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.schedule.Scheduler;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A model that generates with decoders. Calls may run concurrently: a scheduler decodes the texts of all together. */
abstract class DecodingLanguageModel implements LanguageModel {
    private final Architecture architecture;
    private final Tokenizer tokenizer;
    private volatile ModelFolder.About about;
    private volatile ModelChat chat;
    private final Scheduler scheduler;
    private final TextGenerator generator;
    private final DecoderPool decoders;
    private final Object lifecycle = new Object();
    private int running;
    private boolean closed;

    DecodingLanguageModel(
            Architecture architecture,
            Tokenizer tokenizer,
            ModelFolder.About about,
            Supplier<Decoder> decoder,
            Supplier<Optional<BatchDecoder>> batchDecoder) {
        this.architecture = architecture;
        this.tokenizer = tokenizer;
        this.about = about;
        scheduler = new Scheduler(batchDecoder, decoder, architecture.vocabularySize());
        generator = new TextGenerator(tokenizer, architecture.vocabularySize(), scheduler);
        decoders = new DecoderPool(decoder);
        chat = new ModelChat(about, tokenizer);
        generator.endAt(chat.endTokens());
    }

    @Override
    public final Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public final Architecture architecture() {
        return architecture;
    }

    /** What is known of the model beside its architecture, tokenizer and weights. */
    final ModelFolder.About about() {
        return about;
    }

    @Override
    public final Optional<TrainingReport> report() {
        return about.report();
    }

    @Override
    public final Optional<String> recordEnd() {
        return about.recordEnd();
    }

    @Override
    public final Set<Integer> endTokens() {
        return chat.endTokens();
    }

    @Override
    public final Optional<ChatTemplate> chatTemplate() {
        return about.chatTemplate().map(ChatTemplateFile::template);
    }

    @Override
    public final void chatTemplate(ChatTemplate template) {
        Objects.requireNonNull(template, "template");
        synchronized (lifecycle) {
            ModelFolder.About changed = about.with(ChatTemplateFile.of(template));
            chat = new ModelChat(changed, tokenizer);
            about = changed;
            generator.endAt(chat.endTokens());
        }
    }

    @Override
    public final ChatPrompt chatPrompt(List<Message> messages) {
        return chat.prompt(Objects.requireNonNull(messages, "messages"));
    }

    @Override
    public final String chat(ChatPrompt prompt, GenerationOptions options, Consumer<Token> listener) {
        requireGiven(prompt, options);
        Objects.requireNonNull(listener, "listener");
        GenerationOptions toEnd = toRecordEnd(chat.toAnswerEnd(options));
        return whileOpen(() -> generator.generate(Prompt.of(prompt.tokens()), toEnd, listener));
    }

    @Override
    public final CompletableFuture<String> chatAsync(
            ChatPrompt prompt, GenerationOptions options, Consumer<Token> listener) {
        requireGiven(prompt, options);
        Objects.requireNonNull(listener, "listener");
        GenerationOptions toEnd = toRecordEnd(chat.toAnswerEnd(options));
        return whileRunning(() -> generator.generateAsync(Prompt.of(prompt.tokens()), toEnd, listener, this::leave));
    }

    @Override
    public final String generate(String prompt, GenerationOptions options) {
        return stream(prompt, options, token -> {});
    }

    @Override
    public final List<String> samples(String prompt, int count, GenerationOptions options) {
        requireGiven(prompt, options);
        return whileOpen(() -> generator.samples(prompt, count, toRecordEnd(options)));
    }

    @Override
    public final String stream(String prompt, GenerationOptions options, Consumer<Token> listener) {
        requireGiven(prompt, options);
        Objects.requireNonNull(listener, "listener");
        return whileOpen(() -> generator.generate(prompt, toRecordEnd(options), listener));
    }

    @Override
    public final GenerationGrid grid(
            String prompt, List<Double> temperatures, List<Integer> topKs, int count, GenerationOptions options) {
        requireGiven(prompt, options);
        Objects.requireNonNull(temperatures, "temperatures");
        Objects.requireNonNull(topKs, "topKs");
        return whileOpen(() -> generator.grid(prompt, temperatures, topKs, count, toRecordEnd(options)));
    }

    @Override
    public final List<Hypothesis> beamSearch(String prompt, BeamSearch search, GenerationOptions options) {
        requireGiven(prompt, options);
        Objects.requireNonNull(search, "search");
        generator.requireFit(search);
        return whileOpen(() -> generator.beamSearch(prompt, search, toRecordEnd(options)));
    }

    @Override
    public final List<String> generate(List<String> prompts, GenerationOptions options, IntConsumer progress) {
        Objects.requireNonNull(prompts, "prompts");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(progress, "progress");
        List<String> texts = new ArrayList<>();
        return whileOpen(() -> {
            try (Texts results = generator.generate(prompts.iterator(), toRecordEnd(options))) {
                while (results.hasNext()) {
                    texts.add(results.next());
                    progress.accept(texts.size());
                }
            }
            return texts;
        });
    }

    @Override
    public final Stream<String> generate(Stream<String> prompts, GenerationOptions options) {
        Objects.requireNonNull(prompts, "prompts");
        Objects.requireNonNull(options, "options");
        enter();
        AtomicBoolean left = new AtomicBoolean();
        Texts results = generator.generate(prompts.iterator(), toRecordEnd(options));
        Runnable end = () -> {
            if (left.compareAndSet(false, true)) {
                try (prompts) {
                    results.close();
                } finally {
                    leave();
                }
            }
        };
        return StreamSupport.stream(new TextSpliterator(results, end), false).onClose(end);
    }

    @Override
    public final CompletableFuture<String> generateAsync(
            String prompt, GenerationOptions options, Consumer<Token> listener) {
        requireGiven(prompt, options);
        Objects.requireNonNull(listener, "listener");
        return whileRunning(
                () -> generator.generateAsync(Prompt.of(prompt), toRecordEnd(options), listener, this::leave));
    }

    /** Begins what calls {@link #leave} when it is done. */
    private CompletableFuture<String> whileRunning(Supplier<CompletableFuture<String>> action) {
        enter();
        try {
            return action.get();
        } catch (RuntimeException | Error e) {
            leave();
            throw e;
        }
    }

    @Override
    public final void batching(BatchOptions options) {
        scheduler.set(Objects.requireNonNull(options, "options"));
    }

    @Override
    public final float[] logits(int... tokens) {
        requireIds(tokens, "no tokens given; logits need at least one");
        float[] logits = new float[architecture.vocabularySize()];
        return decode(decoder -> {
            int count = Math.min(tokens.length, decoder.contextLength());
            decoder.reset();
            decoder.feed(tokens, tokens.length - count, count, logits);
            return logits;
        });
    }

    private void requireIds(int[] tokens, String otherwise) {
        Objects.requireNonNull(tokens, "tokens");
        if (tokens.length == 0) {
            throw new IllegalArgumentException(otherwise);
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= architecture.vocabularySize()) {
                throw new IllegalArgumentException("token " + tokens[i] + " at index " + i
                        + " is not in the vocabulary; ids run from 0 to " + (architecture.vocabularySize() - 1));
            }
        }
    }

    @Override
    public final Inspection inspect(int... tokens) {
        requireIds(tokens, "the text has no token; give at least one character to look at");
        return inspection(tokens);
    }

    /**
     * Inspects tokens.
     *
     * @param ids at least one, all in the vocabulary
     */
    abstract Inspection inspection(int[] ids);

    /** The logits after each of some tokens, which fit the context. */
    final float[][] logitsOfEach(int[] ids) {
        return decode(decoder -> {
            float[][] rows = new float[ids.length][architecture.vocabularySize()];
            decoder.reset();
            for (int t = 0; t < ids.length; t++) {
                decoder.feed(ids, t, 1, rows[t]);
            }
            return rows;
        });
    }

    @Override
    public final LanguageModel withSpecialTokens(String... tokens) {
        List<String> given = List.of(tokens);
        return BaseModel.use(this, model -> model.merged().withSpecialTokens(given));
    }

    @Override
    public final LanguageModel withAdapter(Path folder) {
        Objects.requireNonNull(folder, "folder");
        return BaseModel.use(this, model -> model.withAdapter(folder));
    }

    @Override
    public final void saveAdapter(Path folder) {
        Objects.requireNonNull(folder, "folder");
        BaseModel.use(this, model -> {
            model.saveAdapter(folder);
            return folder;
        });
    }

    @Override
    public final LanguageModel merge() {
        return BaseModel.use(this, BaseModel::merge);
    }

    /** Does not wait: running calls finish, and the last of them frees the backend. */
    @Override
    public final void close() {
        synchronized (lifecycle) {
            if (closed) {
                return;
            }
            closed = true;
            if (running > 0) {
                return;
            }
        }
        release();
    }

    /** Frees everything but the decoders; called when no call is running. */
    abstract void free();

    private void release() {
        try {
            scheduler.close();
        } finally {
            try {
                decoders.close();
            } finally {
                free();
            }
        }
    }

    private static void requireGiven(Object prompt, GenerationOptions options) {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(options, "options");
    }

    private GenerationOptions toRecordEnd(GenerationOptions options) {
        return RecordEnds.apply(options, about.recordEnd());
    }

    /** An evaluation with the length of its text. */
    static Evaluation of(String text, int[] ids, Evaluation evaluation) {
        return new Evaluation(evaluation.loss(), evaluation.tokens(), TokensPerByte.of(text, ids.length));
    }

    final <R> R decode(Function<Decoder, R> action) {
        return whileOpen(() -> decoders.with(action));
    }

    private void enter() {
        synchronized (lifecycle) {
            if (closed) {
                throw new IllegalStateException(
                        "this model is closed; load it again with LanguageModel.load, or close it later");
            }
            running++;
        }
    }

    final <R> R whileOpen(Supplier<R> action) {
        enter();
        try {
            return action.get();
        } finally {
            leave();
        }
    }

    private void leave() {
        synchronized (lifecycle) {
            running--;
            if (!closed || running > 0) {
                return;
            }
        }
        release();
    }
}
