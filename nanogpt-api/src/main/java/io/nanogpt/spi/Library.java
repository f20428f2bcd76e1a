package io.nanogpt.spi;

import io.nanogpt.Diagnosis;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.accounting.Account;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Everything that the api leaves to an implementation. */
public interface Library {
    /** Readers of corpora. */
    CorpusReader corpora();

    /** Readers and writers of token ids. */
    TokenFiles tokenFiles();

    /** Trains and reads tokenizers. */
    TokenizerProvider tokenizers();

    /** The architecture that a configuration describes. */
    Architecture architecture(ModelConfig config);

    /** What an architecture costs for sequences of {@code contextLength} tokens. */
    Account account(Architecture architecture, int contextLength);

    /** Trains a model on text. */
    LanguageModel train(Architecture architecture, Tokenizer tokenizer, Corpus corpus, TrainingConfig config);

    /** Trains a model on tokens. */
    LanguageModel train(
            Architecture architecture, Tokenizer tokenizer, Examples train, Examples validation, TrainingConfig config);

    /** Whether a choice means a GPU on this machine. */
    boolean computesOnGpu(BackendChoice choice);

    /** Where the numbers of a run go. */
    MetricSinks metricSinks();

    /** Shows the progress of a run as text, as a bar where the program runs in a terminal. */
    TrainingListener progress(PrintWriter writer);

    /** Shows the progress of a run as records of a logger. */
    TrainingListener progress(System.Logger logger);

    /** Grids of runs and their logs. */
    Experiments experiments();

    /** Charts. */
    Drawing drawing();

    /** Reads a folder that {@link LanguageModel#save} or Hugging Face's transformers wrote. */
    LanguageModel load(Path folder, int threads);

    /**
     * What a saved model is expected to be.
     *
     * @param architecture by the size of its vocabulary
     * @param tokenizer of the model; empty where it follows from the text
     * @param config of the run that made it; its threads compute
     */
    record Expected(IntFunction<Architecture> architecture, Optional<Tokenizer> tokenizer, TrainingConfig config) {}

    /**
     * Reads a folder of a model that was trained as expected.
     *
     * @throws NanogptException naming what differs, or if an interrupt cut its training short
     */
    LanguageModel load(Path folder, Expected expected);

    /** Reads somebody else's weights. */
    LanguageModel importWeights(Path from, WeightsImportOptions options, int threads);

    /** Reads a folder that {@link LanguageModel#exportOnnx} wrote. */
    LanguageModel loadOnnx(Path folder, OnnxOptions options);

    /** What works on this machine. */
    List<Diagnosis> diagnose();

    /**
     * The implementation on the class path.
     *
     * @throws NanogptException if there is none, with the artifact to add
     */
    static Library get() {
        return Holder.get();
    }

    /** Finds the implementation once; where there is none, every call fails in the same way. */
    final class Holder {
        private static volatile @Nullable Library found;

        private Holder() {}

        private static Library get() {
            Library library = found;
            if (library == null) {
                library = ServiceLoader.load(Library.class, Library.class.getClassLoader())
                        .findFirst()
                        .orElseThrow(() -> new NanogptException("no implementation of nanogpt on the class path; "
                                + "add the dependency io.nanogpt:nanogpt-impl"));
                found = library;
            }
            return library;
        }
    }
}
