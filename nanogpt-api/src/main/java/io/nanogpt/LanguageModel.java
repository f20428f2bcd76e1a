package io.nanogpt;

import io.nanogpt.backend.Compute;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** A model that can be asked. Safe for use by many threads. */
public interface LanguageModel extends AutoCloseable {
    /** Reads a folder that {@link #save} or Hugging Face's transformers wrote, with all processors. */
    static LanguageModel load(Path folder) {
        return load(folder, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Reads a folder that {@link #save} wrote, or one of Hugging Face's transformers with a GPT-2, Llama, Mistral or
     * Qwen2 and a {@code tokenizer.json}.
     *
     * @throws NanogptException if a file is missing, broken, or not of the model that {@code config.json} describes
     */
    static LanguageModel load(Path folder, int threads) {
        return Library.get().load(Objects.requireNonNull(folder, "folder"), threads);
    }

    /** Reads a folder that {@link #exportOnnx} wrote, to run on the CPU through ONNX Runtime. */
    static LanguageModel loadOnnx(Path folder) {
        return loadOnnx(folder, OnnxOptions.cpu());
    }

    /**
     * Reads a folder that {@link #exportOnnx} wrote, to run through ONNX Runtime.
     *
     * @throws NanogptException if ONNX Runtime is not on the class path, if what the options ask for does not work
     *     here, or if the folder does not hold an exported model; the message says what to do
     */
    static LanguageModel loadOnnx(Path folder, OnnxOptions options) {
        Objects.requireNonNull(folder, "folder");
        return Library.get().loadOnnx(folder, Objects.requireNonNull(options, "options"));
    }

    /**
     * Reads somebody else's weights, with all processors: a file or folder of safetensors, a {@code .pt}, {@code .pth} or
     * {@code .bin} file that PyTorch wrote, or an index of several of them. Nothing in a file is run. Weights of any
     * floating type become 32-bit floats.
     *
     * @throws NanogptException if they cannot be read, or are not those of the model that layout and options describe:
     *     then with every tensor that is missing, of another shape, or beyond the model
     */
    static LanguageModel importWeights(Path from, WeightsImportOptions options) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(options, "options");
        return Library.get().importWeights(from, options, Runtime.getRuntime().availableProcessors());
    }

    /** Text to ids and back. */
    Tokenizer tokenizer();

    /** What the model is. */
    Architecture architecture();

    /** What computes the model, and with which kernels. */
    Compute compute();

    /** The run that made the model; empty where it was imported, or saved without the report of its run. */
    Optional<TrainingReport> report();

    /**
     * The text at which generation ends where the model was trained on the records of a {@link io.nanogpt.data.Corpus};
     * see {@link GenerationOptions#withRecordEnd}.
     */
    default Optional<String> recordEnd() {
        return Optional.empty();
    }

    /**
     * Continues a prompt. Past the context length the last T tokens count, as in nanoGPT. A model that was trained on the
     * records of a {@link io.nanogpt.data.Corpus} ends at the end of a record, see {@link GenerationOptions#withRecordEnd}.
     *
     * @return the continuation, without the prompt
     * @throws IllegalArgumentException if the prompt is empty or holds an unknown character
     * @throws io.nanogpt.generate.GenerationInterruptedException if the thread is interrupted; every method that generates
     *     ends so within a token
     */
    String generate(String prompt, GenerationOptions options);

    /** Continues several prompts; each gets what {@link #generate(String, GenerationOptions)} would give it. */
    default List<String> generate(List<String> prompts, GenerationOptions options) {
        Objects.requireNonNull(prompts, "prompts");
        return prompts.stream().map(prompt -> generate(prompt, options)).toList();
    }

    /** Several continuations of one prompt: sample {@code i} is drawn with seed {@code options.seed() + i}. */
    List<String> samples(String prompt, int count, GenerationOptions options);

    /** Hands over each token as it is drawn and returns the whole continuation. */
    String stream(String prompt, GenerationOptions options, Consumer<Token> listener);

    /** Every temperature with every top-k, {@code count} samples each. */
    GenerationGrid grid(
            String prompt, List<Double> temperatures, List<Integer> topKs, int count, GenerationOptions options);

    /**
     * The most likely continuations that a beam search finds, the best first. Penalties, constraints, {@code maxTokens}
     * and stops of the options apply, how they sample and their seed do not.
     */
    List<Hypothesis> beamSearch(String prompt, BeamSearch search, GenerationOptions options);

    /** The logits after the last of these tokens; beyond the context length the last T count. */
    float[] logits(int... tokens);

    /**
     * What every token of a text looks at, in every layer and head, and what the model expects next. Past the context
     * length the last T tokens count.
     *
     * @throws IllegalArgumentException if the text has no token
     * @throws UnsupportedOperationException if the model runs where attention cannot be looked at, as from ONNX
     */
    default AttentionMaps attention(String text) {
        throw new UnsupportedOperationException("this model does not show its attention; load it with"
                + " LanguageModel.load from the folder that LanguageModel.save wrote");
    }

    /** The loss over every token of a text but the first, in windows of the context length one after another. */
    Evaluation evaluate(String text);

    /** The loss over {@code batches} random windows of a text. */
    Evaluation evaluate(String text, int batches, long seed);

    /**
     * Writes {@code config.json}, {@code model.safetensors}, {@code tokenizer.json} and {@code README.md}, with
     * {@code training_report.json} and {@code generation_config.json} where {@link #report} and {@link #recordEnd} are
     * known. A model that
     * the folder held before is replaced whole or not at all, even by a crash.
     */
    void save(Path folder);

    /** {@link #exportOnnx(Path, OnnxExportOptions)} with standard operators and 32-bit weights. */
    default OnnxReport exportOnnx(Path folder) {
        return exportOnnx(folder, OnnxExportOptions.portable());
    }

    /**
     * Writes {@code model.onnx}, a graph that decodes with a cache of keys and values, beside {@code tokenizer.json},
     * {@code config.json} and {@code README.md}. The graph is then run through ONNX
     * Runtime and compared with this model; files of an older model are replaced only after that.
     *
     * @throws NanogptException if ONNX Runtime is not on the class path, if the folder cannot be written, or if the
     *     graph's logits differ by more than 1e-4 of the largest
     */
    OnnxReport exportOnnx(Path folder, OnnxExportOptions options);

    /** Ends the threads of the backend. */
    @Override
    void close();
}
