package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.generate.TextGenerator;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Decoder;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** A model that generates with decoders. Calls may run concurrently: each generates with a decoder of its own. */
abstract class DecodingLanguageModel implements LanguageModel {
    private final Architecture architecture;
    private final Tokenizer tokenizer;
    private final ModelFolder.About about;
    private final TextGenerator generator;
    private final DecoderPool decoders;
    private final Object lifecycle = new Object();
    private int running;
    private boolean closed;

    DecodingLanguageModel(
            Architecture architecture, Tokenizer tokenizer, ModelFolder.About about, Supplier<Decoder> decoder) {
        this.architecture = architecture;
        this.tokenizer = tokenizer;
        this.about = about;
        generator = new TextGenerator(tokenizer, architecture.vocabularySize());
        decoders = new DecoderPool(decoder);
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
    public final String generate(String prompt, GenerationOptions options) {
        return stream(prompt, options, token -> {});
    }

    @Override
    public final List<String> samples(String prompt, int count, GenerationOptions options) {
        requireGiven(prompt, options);
        return decode(decoder -> generator.samples(decoder, prompt, count, toRecordEnd(options)));
    }

    @Override
    public final String stream(String prompt, GenerationOptions options, Consumer<Token> listener) {
        requireGiven(prompt, options);
        Objects.requireNonNull(listener, "listener");
        return decode(decoder -> generator.generate(decoder, prompt, toRecordEnd(options), listener));
    }

    @Override
    public final GenerationGrid grid(
            String prompt, List<Double> temperatures, List<Integer> topKs, int count, GenerationOptions options) {
        requireGiven(prompt, options);
        Objects.requireNonNull(temperatures, "temperatures");
        Objects.requireNonNull(topKs, "topKs");
        return decode(decoder -> generator.grid(decoder, prompt, temperatures, topKs, count, toRecordEnd(options)));
    }

    @Override
    public final List<Hypothesis> beamSearch(String prompt, BeamSearch search, GenerationOptions options) {
        requireGiven(prompt, options);
        Objects.requireNonNull(search, "search");
        generator.requireFit(search);
        return whileOpen(() -> decoders.withSeveral(
                search.beams(), several -> generator.beamSearch(several, prompt, search, toRecordEnd(options))));
    }

    @Override
    public final float[] logits(int... tokens) {
        Objects.requireNonNull(tokens, "tokens");
        if (tokens.length == 0) {
            throw new IllegalArgumentException("no tokens given; logits need at least one");
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= architecture.vocabularySize()) {
                throw new IllegalArgumentException("token " + tokens[i] + " at index " + i
                        + " is not in the vocabulary; ids run from 0 to " + (architecture.vocabularySize() - 1));
            }
        }
        float[] logits = new float[architecture.vocabularySize()];
        return decode(decoder -> {
            int count = Math.min(tokens.length, decoder.contextLength());
            decoder.reset();
            decoder.feed(tokens, tokens.length - count, count, logits);
            return logits;
        });
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
            decoders.close();
        } finally {
            free();
        }
    }

    private static void requireGiven(String prompt, GenerationOptions options) {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(options, "options");
    }

    private GenerationOptions toRecordEnd(GenerationOptions options) {
        return RecordEnds.apply(options, about.recordEnd());
    }

    final <R> R decode(Function<Decoder, R> action) {
        return whileOpen(() -> decoders.with(action));
    }

    final <R> R whileOpen(Supplier<R> action) {
        synchronized (lifecycle) {
            if (closed) {
                throw new IllegalStateException(
                        "this model is closed; load it again with LanguageModel.load, or close it later");
            }
            running++;
        }
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
