package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Compute;
import io.nanogpt.data.Windows;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.data.TokenIds;
import io.nanogpt.impl.inspect.ContextEnd;
import io.nanogpt.impl.inspect.DecodedInspection;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.interop.NgramFile;
import io.nanogpt.impl.ngram.NgramArchitecture;
import io.nanogpt.impl.ngram.NgramDecoder;
import io.nanogpt.impl.ngram.NgramLosses;
import io.nanogpt.impl.ngram.NgramModel;
import io.nanogpt.impl.random.RandomStream;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.model.GgufType;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** A counted model. Evaluations see every earlier token of a text that its order allows. */
final class NgramLanguageModel extends DecodingLanguageModel {
    /** Sequences per random batch, and the longest of them, as in the caption notebook. */
    private static final int BATCH = 12;

    private static final int WINDOW = 64;

    private final NgramModel model;

    NgramLanguageModel(NgramModel model, Tokenizer tokenizer, ModelFolder.About about) {
        super(
                new NgramArchitecture(model.order(), model.vocabulary()),
                tokenizer,
                about,
                () -> new NgramDecoder(model),
                Optional::empty);
        this.model = model;
    }

    @Override
    public Compute compute() {
        return new Compute("n-gram counts", Compute.Kernels.SCALAR, "", Optional.empty());
    }

    @Override
    public Evaluation evaluate(String text) {
        Objects.requireNonNull(text, "text");
        return whileOpen(() -> {
            int[] ids = tokenizer().encode(text);
            requirePair(ids);
            NgramLosses losses = new NgramLosses(model);
            losses.add(ids, Arrays.copyOfRange(ids, 1, ids.length), 0, ids.length - 1);
            return of(text, ids, mean(losses));
        });
    }

    @Override
    public Evaluation evaluate(String text, int batches, long seed) {
        Objects.requireNonNull(text, "text");
        if (batches < 1) {
            throw new IllegalArgumentException("the number of batches must be at least 1, but is " + batches);
        }
        return whileOpen(() -> {
            int[] ids = tokenizer().encode(text);
            requirePair(ids);
            int window = Math.min(WINDOW, ids.length - 1);
            Batches random = Batches.random(
                    Windows.of(TokenIds.of(ids, model.vocabulary())),
                    new Batches.Size(BATCH, window, model.vocabulary()),
                    RandomStream.TEXT_EVALUATION.key(seed));
            int[] inputs = new int[BATCH * window];
            int[] targets = new int[BATCH * window];
            NgramLosses losses = new NgramLosses(model);
            for (int index = 0; index < batches; index++) {
                random.fill(index, inputs, targets);
                for (int row = 0; row < BATCH; row++) {
                    losses.add(inputs, targets, row * window, window);
                }
            }
            return of(text, ids, mean(losses));
        });
    }

    private static void requirePair(int[] ids) {
        if (ids.length < 2) {
            throw new IllegalArgumentException("the text has " + ids.length
                    + " tokens, but an evaluation predicts every token but the first; give at least two");
        }
    }

    private Evaluation mean(NgramLosses losses) {
        return new Evaluation(losses.sum(model.order()) / losses.count(), losses.count());
    }

    @Override
    Inspection inspection(int[] ids) {
        return new DecodedInspection(
                ContextEnd.of(ids, architecture()),
                tokenizer(),
                this::logitsOfEach,
                "an n-gram model has counts in place of layers, so only its predictions can be inspected");
    }

    @Override
    public void save(Path folder) {
        whileOpen(() -> {
            new ModelFolder(folder).write(architecture(), Optional.empty(), tokenizer(), new NgramFile(model), about());
            return folder;
        });
    }

    @Override
    public OnnxReport exportOnnx(Path folder, OnnxExportOptions options) {
        throw new NanogptException("an n-gram model has counts in place of a graph, so it cannot be exported as ONNX;"
                + " write it with LanguageModel.save, and read it with LanguageModel.load");
    }

    @Override
    public void exportGguf(Path file, GgufType type) {
        throw new NanogptException("an n-gram model has counts in place of weights, so it cannot be exported as GGUF;"
                + " write it with LanguageModel.save, and read it with LanguageModel.load");
    }

    @Override
    void free() {
        // Its memory is the heap's.
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "n-gram model of order %d with %,d counts and a vocabulary of %,d (%s)",
                model.order(),
                model.size(),
                model.vocabulary(),
                tokenizer().getClass().getSimpleName());
    }
}
