package io.nanogpt.impl.library;

import io.nanogpt.Diagnosis;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.accounting.Account;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.CorpusReader;
import io.nanogpt.data.Examples;
import io.nanogpt.data.TokenFiles;
import io.nanogpt.data.Windows;
import io.nanogpt.impl.accounting.Accountant;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.data.FileCorpusReader;
import io.nanogpt.impl.data.FileTokens;
import io.nanogpt.impl.data.TokenIds;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.tokenizer.TokenizerFiles;
import io.nanogpt.impl.tokenizer.TokenizerRoom;
import io.nanogpt.impl.train.TrainingRun;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Library;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.TokenizerProvider;
import io.nanogpt.train.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The implementation that {@link Library#get} finds. */
public final class NanogptLibrary implements Library {
    private final CorpusReader corpora = new FileCorpusReader();
    private final TokenFiles tokenFiles = new FileTokens();
    private final TokenizerProvider tokenizers = new TokenizerRoom();

    /** Called by {@link java.util.ServiceLoader}. */
    public NanogptLibrary() {}

    @Override
    public CorpusReader corpora() {
        return corpora;
    }

    @Override
    public TokenFiles tokenFiles() {
        return tokenFiles;
    }

    @Override
    public TokenizerProvider tokenizers() {
        return tokenizers;
    }

    @Override
    public Architecture architecture(ModelConfig config) {
        return Zoo.create(config);
    }

    @Override
    public Account account(Architecture architecture, int contextLength) {
        return Accountant.account(architecture.graph(), contextLength);
    }

    @Override
    public LanguageModel train(Architecture architecture, Tokenizer tokenizer, Corpus corpus, TrainingConfig config) {
        requireFit(architecture, tokenizer);
        requireText(corpus);
        Corpus.Split split = corpora.split(corpus, config.split());
        Examples train = windows("training", split.train(), architecture, tokenizer);
        Examples validation = windows("validation", split.validation(), architecture, tokenizer);
        return train(architecture, tokenizer, train, validation, config);
    }

    @Override
    public LanguageModel train(
            Architecture architecture,
            Tokenizer tokenizer,
            Examples train,
            Examples validation,
            TrainingConfig config) {
        requireFit(architecture, tokenizer);
        return open(config.threads(), backend -> {
            TrainingRun.Result result =
                    TrainingRun.run(backend, architecture, new TrainingRun.Data(train, validation), config, null);
            return new BackendLanguageModel(
                    architecture, tokenizer, backend, result.parameters(), Optional.of(result.report()));
        });
    }

    @Override
    public LanguageModel load(Path path, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
        }
        Saved saved = Saved.read(path);
        // Before the backend makes room: a wrong config.json must not ask for more memory than there are weights.
        saved.folder().checkParameters(saved.architecture().graph().parameters());
        return open(threads, backend -> {
            ParameterStore parameters =
                    backend.allocate(saved.architecture().graph().parameters());
            saved.folder().readParameters(parameters);
            return new BackendLanguageModel(
                    saved.architecture(), saved.tokenizer(), backend, parameters, Optional.empty());
        });
    }

    @Override
    public LanguageModel loadOnnx(Path path, OnnxOptions options) {
        Saved saved = Saved.read(path);
        return open(
                OnnxBackend.open(path, saved.architecture(), options),
                backend -> new BackendLanguageModel(
                        saved.architecture(), saved.tokenizer(), backend, backend.parameters(), Optional.empty()));
    }

    @Override
    public List<Diagnosis> diagnose() {
        return Doctor.diagnose();
    }

    /** What a saved model has beside its weights. */
    private record Saved(ModelFolder folder, Architecture architecture, Tokenizer tokenizer) {
        static Saved read(Path path) {
            ModelFolder folder = new ModelFolder(path);
            ModelFolder.Config config = folder.readConfig();
            Architecture architecture = Zoo.create(config.kind(), config.settings());
            Tokenizer tokenizer = TokenizerFiles.load(folder.tokenizerFile());
            if (tokenizer.vocabularySize() > architecture.vocabularySize()) {
                throw new NanogptException(folder.tokenizerFile() + " has " + tokenizer.vocabularySize()
                        + " ids, but config.json beside it says vocabularySize " + architecture.vocabularySize()
                        + "; the two files belong to different models");
            }
            return new Saved(folder, architecture, tokenizer);
        }
    }

    private static LanguageModel open(int threads, Function<Backend, LanguageModel> action) {
        return open(CpuBackend.open(threads), action);
    }

    /** Hands a new backend over, and closes it if that fails. */
    private static <B extends Backend> LanguageModel open(B backend, Function<B, LanguageModel> action) {
        try {
            return action.apply(backend);
        } catch (RuntimeException | Error e) {
            try {
                backend.close();
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static void requireText(Corpus corpus) {
        if (corpus.records().stream().allMatch(String::isEmpty)) {
            throw new IllegalArgumentException(
                    "the corpus is empty: it has " + corpus.records().size()
                            + " records and no text in them; check the path, the file's content and the name of its"
                            + " column");
        }
    }

    private static void requireFit(Architecture architecture, Tokenizer tokenizer) {
        if (tokenizer.vocabularySize() > architecture.vocabularySize()) {
            throw new IllegalArgumentException("the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the architecture only " + architecture.vocabularySize()
                    + "; build the architecture with vocabularySize " + tokenizer.vocabularySize());
        }
    }

    private static Windows windows(String name, String text, Architecture architecture, Tokenizer tokenizer) {
        int[] ids = tokenizer.encode(text);
        if (ids.length <= architecture.contextLength()) {
            throw new IllegalArgumentException("the " + name + " text has " + ids.length
                    + " tokens, but a context of " + architecture.contextLength() + " needs at least "
                    + (architecture.contextLength() + 1)
                    + "; give more text, a smaller contextLength or another validationFraction");
        }
        return Windows.of(TokenIds.of(ids, architecture.vocabularySize()));
    }
}
