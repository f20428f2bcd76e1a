package io.nanogpt.spi;

import io.nanogpt.Diagnosis;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.accounting.Account;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.chart.LiveOptions;
import io.nanogpt.chart.LiveReport;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Records;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.inspect.Explorer;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.LoadOptions;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.ChosenRecipe;
import io.nanogpt.train.Effort;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The entry point of an implementation of the api, found by {@link ServiceLoader}. */
public interface Library {
    /** Returns the readers of corpora. */
    CorpusReader corpora();

    /**
     * Checks that text can be generated that fits a JSON schema.
     *
     * @param source where the schema comes from, for messages
     * @throws NanogptException if it is not JSON or has what is not supported, which the message names with its place
     */
    void requireSupported(JsonSchema schema, String source);

    /** Returns the readers and writers of token files. */
    TokenFiles tokenFiles();

    /** Returns the trainers and readers of tokenizers. */
    TokenizerProvider tokenizers();

    /** Returns the architecture that a configuration describes. */
    Architecture architecture(ModelConfig config);

    /**
     * Reads a chat template.
     *
     * @param source in the language of Jinja
     * @throws NanogptException naming the place of what is wrong or not supported
     */
    ChatRenderer chatRenderer(String source);

    /** Reads the chat template of a folder or a file, as {@link ChatTemplate#read} describes. */
    ChatTemplate readChatTemplate(Path from);

    /** Reads conversations, as {@link Chats#ofJsonLines(Path, String, String)} describes. */
    List<List<Message>> readChats(Path file, String prompt, String response);

    /** Encodes conversations, as {@link Examples#ofChats} describes. */
    Records encodeChats(Chats chats, ChatTemplate template, Tokenizer tokenizer);

    /** Whether examples can be packed for an architecture: its layers read earlier tokens by attention alone. */
    boolean canPack(Architecture architecture);

    /** Returns the cost of an architecture for sequences of {@code contextLength} tokens. */
    Account account(Architecture architecture, int contextLength);

    /** Trains a model on text. */
    LanguageModel train(Architecture architecture, Tokenizer tokenizer, Corpus corpus, TrainingConfig config);

    /** Trains a model on token ids. */
    LanguageModel train(
            Architecture architecture, Tokenizer tokenizer, Examples train, Examples validation, TrainingConfig config);

    /** Trains a model further on text, with its own tokenizer; the given model stays as it is. */
    LanguageModel train(LanguageModel from, Corpus corpus, TrainingConfig config);

    /** Trains a model further on ids of its tokenizer; the given model stays as it is. */
    LanguageModel train(LanguageModel from, Examples train, Examples validation, TrainingConfig config);

    /**
     * Chooses a recipe for a corpus.
     *
     * @param tokenizer that must be used, if any
     * @param config split, backend and threads of the run
     */
    ChosenRecipe choose(Corpus corpus, Effort effort, Optional<Tokenizer> tokenizer, TrainingConfig config);

    /** Counts an n-gram model. */
    LanguageModel ngram(Corpus corpus, Tokenizer tokenizer, int order);

    /** Whether a choice selects a GPU on this machine. */
    boolean computesOnGpu(BackendChoice choice);

    /** Returns the metric sinks of the library. */
    MetricSinks metricSinks();

    /** Returns a listener that prints the progress of a run: a bar in a terminal, lines elsewhere. */
    TrainingListener progress(PrintWriter writer);

    /** Returns a listener that logs the progress of a run. */
    TrainingListener progress(System.Logger logger);

    /** Returns the experiments: grids of runs and their logs. */
    Experiments experiments();

    /** Returns the renderer of charts and reports. */
    Drawing drawing();

    /** Opens a page that follows runs, as {@link LiveReport} describes. */
    LiveReport live(LiveOptions options);

    /** Serves a page that explores a model, as {@link Explorer#open} describes. */
    Explorer openExplorer(LanguageModel model, String name, int port);

    /** Writes a page that explores a model, as {@link Explorer#write} describes. */
    void writeExplorer(LanguageModel model, String name, Path folder);

    /** Loads a folder written by {@link LanguageModel#save} or Hugging Face's transformers. */
    LanguageModel load(Path folder, LoadOptions options);

    /**
     * The settings that a saved model must have been trained with.
     *
     * @param architecture the architecture for a vocabulary size
     * @param tokenizer the tokenizer of the model; empty if it depends on the text
     * @param config the settings of the run; its number of threads is that of the loaded model
     * @param from the model that the run goes on from; empty if it begins with random weights
     */
    record Expected(
            IntFunction<Architecture> architecture,
            Optional<Tokenizer> tokenizer,
            TrainingConfig config,
            Optional<LanguageModel> from) {}

    /**
     * Loads a model that was trained with the expected settings.
     *
     * @throws NanogptException if a setting differs, which the message names, or if its training was interrupted
     */
    LanguageModel load(Path folder, Expected expected);

    /** Imports weights from another system. */
    LanguageModel importWeights(Path from, WeightsImportOptions options, int threads);

    /** Loads a folder written by {@link LanguageModel#exportOnnx}. */
    LanguageModel loadOnnx(Path folder, OnnxOptions options);

    /** Checks a folder, as {@link LanguageModel#verify} describes. */
    List<Path> verify(Path folder);

    /** Returns the state of each optional component on this machine. */
    List<Diagnosis> diagnose();

    /**
     * Returns the implementation on the class path.
     *
     * @throws NanogptException if there is none; the message names the artifact to add
     */
    static Library get() {
        return Holder.get();
    }

    /** Looks up the implementation until one is found; without one, every call fails in the same way. */
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
