package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.backend.Compute;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.generate.TextGenerator;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A model whose weights are in the store of a backend. The weights are constant, so calls may run concurrently: each
 * generates with a decoder of its own; evaluations are serialized.
 */
final class BackendLanguageModel implements LanguageModel {
    private final Architecture architecture;
    private final Tokenizer tokenizer;
    private final Backend backend;
    private final ParameterStore parameters;
    private final ModelFolder.About about;
    private final TextGenerator generator;
    private final DecoderPool decoders;
    private final LossEvaluator lossEvaluator;
    private final AttentionMapper attentionMapper;
    private final Object lifecycle = new Object();
    private int running;
    private boolean closed;

    /** Takes ownership of the backend. */
    BackendLanguageModel(
            Architecture architecture,
            Tokenizer tokenizer,
            Backend backend,
            ParameterStore parameters,
            ModelFolder.About about) {
        this.architecture = architecture;
        this.tokenizer = tokenizer;
        this.backend = backend;
        this.parameters = parameters;
        this.about = about;
        generator = new TextGenerator(tokenizer, architecture.vocabularySize());
        decoders = new DecoderPool(
                () -> backend.decoder(Inference.of(architecture.graph()), parameters, architecture.contextLength()));
        lossEvaluator = new LossEvaluator(architecture, backend, parameters);
        attentionMapper = new AttentionMapper(architecture, tokenizer, backend, parameters);
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public Compute compute() {
        return backend.compute();
    }

    @Override
    public Optional<TrainingReport> report() {
        return about.report();
    }

    @Override
    public Optional<String> recordEnd() {
        return about.recordEnd();
    }

    @Override
    public String generate(String prompt, GenerationOptions options) {
        return stream(prompt, options, token -> {});
    }

    @Override
    public List<String> samples(String prompt, int count, GenerationOptions options) {
        requireGiven(prompt, options);
        return decode(decoder -> generator.samples(decoder, prompt, count, toRecordEnd(options)));
    }

    @Override
    public String stream(String prompt, GenerationOptions options, Consumer<Token> listener) {
        requireGiven(prompt, options);
        Objects.requireNonNull(listener, "listener");
        return decode(decoder -> generator.generate(decoder, prompt, toRecordEnd(options), listener));
    }

    @Override
    public GenerationGrid grid(
            String prompt, List<Double> temperatures, List<Integer> topKs, int count, GenerationOptions options) {
        requireGiven(prompt, options);
        Objects.requireNonNull(temperatures, "temperatures");
        Objects.requireNonNull(topKs, "topKs");
        return decode(decoder -> generator.grid(decoder, prompt, temperatures, topKs, count, toRecordEnd(options)));
    }

    @Override
    public List<Hypothesis> beamSearch(String prompt, BeamSearch search, GenerationOptions options) {
        requireGiven(prompt, options);
        Objects.requireNonNull(search, "search");
        return whileOpen(() -> decoders.withSeveral(
                search.beams(), several -> generator.beamSearch(several, prompt, search, toRecordEnd(options))));
    }

    @Override
    public float[] logits(int... tokens) {
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

    @Override
    public AttentionMaps attention(String text) {
        Objects.requireNonNull(text, "text");
        return whileOpen(() -> {
            // Evaluations run executables of the same store.
            synchronized (lossEvaluator) {
                return attentionMapper.map(text);
            }
        });
    }

    @Override
    public Evaluation evaluate(String text) {
        Objects.requireNonNull(text, "text");
        return whileOpen(() -> lossEvaluator.measure(tokenizer.encode(text)));
    }

    @Override
    public Evaluation evaluate(String text, int batches, long seed) {
        Objects.requireNonNull(text, "text");
        return whileOpen(() -> lossEvaluator.measure(tokenizer.encode(text), batches, seed));
    }

    @Override
    public void save(Path folder) {
        whileOpen(() -> {
            new ModelFolder(folder).write(architecture, Zoo.transformer(architecture), tokenizer, parameters, about);
            return folder;
        });
    }

    @Override
    public OnnxReport exportOnnx(Path folder, OnnxExportOptions options) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(options, "options");
        OnnxBackend.requireRuntime();
        return decode(decoder -> {
            VerifiedOnnxExport weights = new VerifiedOnnxExport(
                    new VerifiedOnnxExport.Source(architecture, parameters, decoder, lossEvaluator),
                    tokenizer,
                    options);
            new ModelFolder(folder).write(architecture, Zoo.transformer(architecture), tokenizer, weights, about);
            return weights.report();
        });
    }

    /** Does not wait: running calls finish, and the last of them frees the backend. */
    @Override
    public void close() {
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

    /** Frees decoders, executables and backend; called when no call is running. */
    private void release() {
        try (backend;
                lossEvaluator) {
            decoders.close();
        }
    }

    private static void requireGiven(String prompt, GenerationOptions options) {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(options, "options");
    }

    private GenerationOptions toRecordEnd(GenerationOptions options) {
        return RecordEnds.apply(options, about.recordEnd());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s with %,d parameters, a context of %,d tokens and a vocabulary of %,d (%s), on %s",
                architecture.kind(),
                architecture.graph().parameterCount(),
                architecture.contextLength(),
                architecture.vocabularySize(),
                tokenizer.getClass().getSimpleName(),
                backend.name());
    }

    private <R> R decode(Function<Decoder, R> action) {
        return whileOpen(() -> decoders.with(action));
    }

    private <R> R whileOpen(Supplier<R> action) {
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
