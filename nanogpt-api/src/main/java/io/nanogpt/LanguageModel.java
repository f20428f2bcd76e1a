package io.nanogpt;

import io.nanogpt.backend.Compute;
import io.nanogpt.chat.ChatPrompt;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.BatchOptions;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.GgufType;
import io.nanogpt.model.LoadOptions;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A trained language model. Thread-safe.
 *
 * <pre>{@code
 * try (LanguageModel model = LanguageModel.load(folder)) {
 *     System.out.println(model.generate("ROMEO:", GenerationOptions.temperature(0.8).withMaxTokens(100)));
 *     System.out.println(model.evaluate("a held-out text").perplexity());
 * }
 * }</pre>
 */
// Longer than 500 lines by its javadoc: what a model does is one interface, so that it is found in one place.
public interface LanguageModel extends AutoCloseable {
    /** Loads a folder as {@link #load(Path, LoadOptions)} does, with a thread for each processor. */
    static LanguageModel load(Path folder) {
        return load(folder, LoadOptions.defaults());
    }

    /** Loads a folder as {@link #load(Path, LoadOptions)} does, with a number of CPU threads from 1 to 1024. */
    static LanguageModel load(Path folder, int threads) {
        return load(folder, LoadOptions.defaults().withThreads(threads));
    }

    /**
     * Loads a GGUF file, or a folder written by {@link #save}, or by Hugging Face's transformers with a model of a
     * supported family and a {@code tokenizer.json}. Nothing is written there. While another program saves there, this
     * loads the older model or the newer, as a whole. The weights of {@link #save} have checksums, which are compared.
     *
     * @throws NanogptException if a file is missing or damaged, does not match {@code config.json}, or was saved with
     *     another model than the files beside it
     * @throws IllegalArgumentException if weights cannot be rounded to the precision of the options: those of a model of
     *     n-gram counts, or to 8-bit integers those that are not finite
     */
    static LanguageModel load(Path folder, LoadOptions options) {
        Objects.requireNonNull(folder, "folder");
        return Library.get().load(folder, Objects.requireNonNull(options, "options"));
    }

    /** Loads a folder written by {@link #exportOnnx}, to run on the CPU with ONNX Runtime. */
    static LanguageModel loadOnnx(Path folder) {
        return loadOnnx(folder, OnnxOptions.cpu());
    }

    /**
     * Loads a folder written by {@link #exportOnnx}, to run with ONNX Runtime.
     *
     * @throws NanogptException if ONNX Runtime is not on the class path, if the requested provider does not work on
     *     this machine, if the folder does not hold an exported model, or if a file was saved with another model than
     *     those beside it; the message states the remedy
     */
    static LanguageModel loadOnnx(Path folder, OnnxOptions options) {
        Objects.requireNonNull(folder, "folder");
        return Library.get().loadOnnx(folder, Objects.requireNonNull(options, "options"));
    }

    /**
     * Imports weights from another system, to run with a thread for each processor: a file or folder of safetensors, a
     * PyTorch {@code .pt}, {@code .pth} or {@code .bin} file, or an index of several of them. Without a layout among
     * the options, a {@code config.json} of transformers in the folder, or beside a file with its tensors, describes the
     * model. No code in a file is executed. Weights of any floating-point type become 32-bit floats.
     *
     * @throws NanogptException if the weights cannot be read, or do not match the model that the options describe; the
     *     message lists every tensor that is missing, unexpected or of another shape
     */
    static LanguageModel importWeights(Path from, WeightsImportOptions options) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(options, "options");
        return Library.get().importWeights(from, options, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Checks that a folder is as {@link #save} or {@link #exportOnnx} wrote it: that its files can be read, belong to one
     * model and have their checksums. Unlike {@link #loadOnnx} this reads all of an exported graph. Nothing is written.
     *
     * @return the files of weights that were checked
     * @throws NanogptException naming a file that is missing, damaged, of another model or without checksums, as those
     *     of other programs are
     */
    static List<Path> verify(Path folder) {
        return Library.get().verify(Objects.requireNonNull(folder, "folder"));
    }

    /**
     * Counts an n-gram model of a corpus: interpolated Kneser-Ney with modified discounts (Chen and Goodman 1998), exact
     * and without chance. About a second and 20 bytes a token for a million tokens, and 50 bytes a distinct n-gram. Its
     * {@link #logits} are logarithms of probabilities; its evaluations see every earlier token that the order allows. It
     * has no attention and no graph, and cannot be exported as ONNX; {@link #save} writes its counts, which {@link #load}
     * reads.
     *
     * <pre>{@code
     * LanguageModel counts = LanguageModel.ngram(corpus, Tokenizers.characters().train(corpus), 6);
     * System.out.println(counts.evaluate("a held-out text").perplexity());
     * }</pre>
     *
     * @param tokenizer the tokenizer of the model
     * @param order the length of the longest n-grams, 1 to 16: a prediction depends on one token fewer
     * @throws IllegalArgumentException if the order is not within 1 to 16 or the corpus is empty
     */
    static LanguageModel ngram(Corpus corpus, Tokenizer tokenizer, int order) {
        Objects.requireNonNull(corpus, "corpus");
        Objects.requireNonNull(tokenizer, "tokenizer");
        return Library.get().ngram(corpus, tokenizer, order);
    }

    /** Returns the tokenizer of the model. */
    Tokenizer tokenizer();

    /** Returns the architecture of the model. */
    Architecture architecture();

    /** Returns the backend that runs the model, and its kernels. */
    Compute compute();

    /** Returns the report of the training run; empty if the model was imported, or saved without one. */
    Optional<TrainingReport> report();

    /**
     * Returns the text at which generation ends, for a model that was trained on the records of a
     * {@link io.nanogpt.data.Corpus}; see {@link GenerationOptions#withRecordEnd}.
     */
    default Optional<String> recordEnd() {
        return Optional.empty();
    }

    /**
     * Returns the ids at which generation ends: those of {@code eos_token_id} in {@code generation_config.json} or
     * {@code config.json}, and the token with which {@link #chatTemplate()} ends an answer; see
     * {@link GenerationOptions#withRecordEnd}.
     */
    default Set<Integer> endTokens() {
        return Set.of();
    }

    /** Returns the chat template of the model: that of its folder, of its training, or the one that was set. */
    default Optional<ChatTemplate> chatTemplate() {
        return Optional.empty();
    }

    /** Sets the chat template, which {@link #save} then writes too. */
    default void chatTemplate(ChatTemplate template) {
        throw new UnsupportedOperationException("this model does not take chat templates");
    }

    /**
     * Returns a conversation as the model reads it, with the beginning of the assistant's next message.
     *
     * @param messages at least one
     * @throws NanogptException if the model has no chat template, or its template cannot write these messages
     * @throws IllegalArgumentException if the template refuses the messages, for example two of the user in a row
     */
    default ChatPrompt chatPrompt(List<Message> messages) {
        throw new UnsupportedOperationException("this model does not take chat templates");
    }

    /**
     * Returns the assistant's next message of a conversation. It ends at the token, or the text, with which the chat template
     * ends a message.
     *
     * <pre>{@code
     * String answer = model.chat(List.of(Message.user("What is a lymphocyte?")), GenerationOptions.defaults());
     * }</pre>
     *
     * @throws NanogptException if the model has no chat template, or its template cannot write these messages
     * @throws IllegalArgumentException if the template refuses the messages, for example two of the user in a row
     */
    default String chat(List<Message> messages, GenerationOptions options) {
        return chat(messages, options, token -> {});
    }

    /**
     * Returns the assistant's next message, as {@link #chat(List, GenerationOptions)} does, and passes each token to the
     * listener as it is drawn.
     */
    default String chat(List<Message> messages, GenerationOptions options, Consumer<Token> listener) {
        return chat(chatPrompt(messages), options, listener);
    }

    /**
     * Returns the assistant's next message of a conversation that was encoded before, for example to count its tokens.
     *
     * @param prompt of this model's {@link #chatPrompt}
     * @param listener gets each token as it is drawn
     */
    default String chat(ChatPrompt prompt, GenerationOptions options, Consumer<Token> listener) {
        throw new UnsupportedOperationException("this model does not take chat templates");
    }

    /**
     * Generates the assistant's next message in the background, as {@link #generateAsync} continues a prompt.
     *
     * @throws io.nanogpt.generate.QueueFullException if as many texts wait as {@link BatchOptions#waiting} allows
     */
    default CompletableFuture<String> chatAsync(
            List<Message> messages, GenerationOptions options, Consumer<Token> listener) {
        return chatAsync(chatPrompt(messages), options, listener);
    }

    /**
     * Generates the assistant's next message in the background, of a conversation that was encoded before.
     *
     * @param prompt of this model's {@link #chatPrompt}
     * @param listener gets each token as it is drawn
     * @throws io.nanogpt.generate.QueueFullException if as many texts wait as {@link BatchOptions#waiting} allows
     */
    default CompletableFuture<String> chatAsync(
            ChatPrompt prompt, GenerationOptions options, Consumer<Token> listener) {
        return CompletableFuture.supplyAsync(() -> chat(prompt, options, listener));
    }

    /**
     * Continues a prompt. The model is conditioned on the last T tokens, T being the context length, as in nanoGPT. A
     * model that was trained on the records of a {@link io.nanogpt.data.Corpus} stops at the end of a record, see
     * {@link GenerationOptions#withRecordEnd}.
     *
     * @return the continuation, without the prompt
     * @throws IllegalArgumentException if the prompt is empty or holds an unknown character
     * @throws io.nanogpt.generate.GenerationInterruptedException if the thread is interrupted; every generating method
     *     checks for it after each token
     */
    String generate(String prompt, GenerationOptions options);

    /**
     * Continues several prompts together, each with the same text as {@link #generate(String, GenerationOptions)}: each is
     * drawn with the seed of the options, so that the same prompt twice gives the same text twice; see {@link #samples}.
     */
    default List<String> generate(List<String> prompts, GenerationOptions options) {
        return generate(prompts, options, finished -> {});
    }

    /**
     * Continues several prompts together, each with the same text as {@link #generate(String, GenerationOptions)}.
     *
     * @param progress receives the number of texts that are complete, in the order of the prompts, after each of them
     */
    default List<String> generate(List<String> prompts, GenerationOptions options, IntConsumer progress) {
        Objects.requireNonNull(prompts, "prompts");
        List<String> texts = new ArrayList<>();
        for (String prompt : prompts) {
            texts.add(generate(prompt, options));
            progress.accept(texts.size());
        }
        return texts;
    }

    /**
     * Continues prompts together, each with the same text as {@link #generate(String, GenerationOptions)}, in their
     * order. Texts are computed as the stream is consumed, and prompts are read a few ahead, so that memory does not grow
     * with their number. Close the stream if it is not consumed to its end: it holds places of the model.
     *
     * <pre>{@code
     * try (var lines = Files.lines(folder.resolve("prompts.txt"));
     *         var texts = model.generate(lines, GenerationOptions.defaults())) {
     *     texts.forEach(System.out::println);
     * }
     * }</pre>
     */
    default Stream<String> generate(Stream<String> prompts, GenerationOptions options) {
        Objects.requireNonNull(prompts, "prompts");
        return prompts.map(prompt -> generate(prompt, options));
    }

    /**
     * Continues a prompt in the background, together with the texts of other callers. A thread of the model passes each
     * token to the listener as it is drawn; it is a daemon, so that a program that ends does not wait for its texts.
     *
     * <p>{@link CompletableFuture#cancel} of the future that this returns ends the generation before the next token. To
     * cancel one that depends on it, such as that of {@link CompletableFuture#thenApply}, does not. {@link #close} ends no
     * text: futures from before it complete as without it.
     *
     * @throws io.nanogpt.generate.QueueFullException if as many texts wait as {@link BatchOptions#waiting} allows; it is
     *     thrown by this method, and no future is returned
     * @throws IllegalStateException if the model is closed
     */
    default CompletableFuture<String> generateAsync(
            String prompt, GenerationOptions options, Consumer<Token> listener) {
        return CompletableFuture.supplyAsync(() -> stream(prompt, options, listener));
    }

    /**
     * Sets how many texts are generated at once, and how many wait for their turn, first come, first served. The methods
     * that generate one text throw a {@link io.nanogpt.generate.QueueFullException} where more would wait.
     */
    default void batching(BatchOptions options) {
        throw new UnsupportedOperationException("this model does not generate several texts at once");
    }

    /**
     * Returns {@code count} continuations of one prompt; sample {@code i} is drawn with seed
     * {@code options.seed() + i}.
     */
    List<String> samples(String prompt, int count, GenerationOptions options);

    /** Continues a prompt, passes each token to the listener as it is drawn, and returns the whole continuation. */
    String stream(String prompt, GenerationOptions options, Consumer<Token> listener);

    /** Returns {@code count} samples for each combination of a temperature and a top-k. */
    GenerationGrid grid(
            String prompt, List<Double> temperatures, List<Integer> topKs, int count, GenerationOptions options);

    /**
     * Returns the most likely continuations found by a beam search, the best first. Penalties, constraints,
     * {@code maxTokens} and stop texts of the options apply; sampling and seed do not.
     */
    List<Hypothesis> beamSearch(String prompt, BeamSearch search, GenerationOptions options);

    /** Returns the logits of the token that follows these; only the last T tokens count, T being the context length. */
    float[] logits(int... tokens);

    /**
     * Returns the attention weights of every layer and head for a text, with the probabilities of the next token. Only
     * the last T tokens count, T being the context length.
     *
     * @throws IllegalArgumentException if the text has no token
     * @throws UnsupportedOperationException if the backend does not expose attention, such as ONNX Runtime
     */
    default AttentionMaps attention(String text) {
        throw new UnsupportedOperationException("this model does not expose its attention; load it with"
                + " LanguageModel.load from the folder that LanguageModel.save wrote");
    }

    /**
     * Looks into the model while it reads a text: its tokens and their attention, the loss of each, what every layer would
     * predict, and what changes without some heads. The text is read as {@link #generate} reads a prompt. Only the last T
     * tokens count, T being the context length.
     *
     * <pre>{@code
     * Inspection inspection = model.inspect("ROMEO: what");
     * System.out.println(inspection.next(5));
     * }</pre>
     *
     * @throws IllegalArgumentException if the text has no token, or holds an unknown character
     */
    default Inspection inspect(String text) {
        return inspect(tokenizer().encodePrompt(Objects.requireNonNull(text, "text")));
    }

    /**
     * Looks into the model while it reads tokens, as {@link #inspect(String)} does.
     *
     * @throws IllegalArgumentException if there is no token, or one that is not in the vocabulary
     */
    default Inspection inspect(int... tokens) {
        throw new UnsupportedOperationException("this model cannot be inspected; load it with LanguageModel.load from"
                + " the folder that LanguageModel.save wrote");
    }

    /**
     * Returns a vector for a text, to compare texts by: the mean over its tokens of the hidden states of the last layer,
     * after the final norm, from which the model computes its logits. A text that is longer than the context is cut into
     * consecutive windows of the context length.
     *
     * @return one number for each feature of the model, such as the embedding size; not of unit length
     * @throws IllegalArgumentException if the text has no token, or holds an unknown character
     * @throws UnsupportedOperationException if the model exposes no hidden states: one that was loaded from ONNX, or a
     *     model of n-grams
     * @throws NanogptInterruptedException if the thread is interrupted
     */
    default float[] embed(String text) {
        return embed(List.of(Objects.requireNonNull(text, "text"))).get(0);
    }

    /**
     * Returns a vector for each text, in their order, each with the same bits as by {@link #embed(String)}. Texts are
     * computed together, which takes less time than one after the other.
     *
     * @throws IllegalArgumentException as {@link #embed(String)} does
     * @throws UnsupportedOperationException as {@link #embed(String)} does
     */
    default List<float[]> embed(List<String> texts) {
        throw new UnsupportedOperationException("this model does not expose its hidden states, so it has no embeddings;"
                + " load one with LanguageModel.load from the folder that LanguageModel.save wrote");
    }

    /**
     * Returns the loss over every token of a text but the first, in consecutive windows of the context length.
     *
     * @throws NanogptInterruptedException if the thread is interrupted
     */
    Evaluation evaluate(String text);

    /**
     * Returns the loss over {@code batches} random windows of a text.
     *
     * @throws NanogptInterruptedException if the thread is interrupted
     */
    Evaluation evaluate(String text, int batches, long seed);

    /**
     * Returns a model with more special tokens, for example to be trained further with them. Their ids follow those of the
     * tokenizer; the embedding and the head have a row for each, the mean of the rows of the other tokens (Hewitt 2021).
     * Special tokens that the tokenizer knows stay as they are. This model is unchanged, and the other one has a copy of
     * its weights, on the CPU with a thread for each processor.
     *
     * @throws IllegalArgumentException if a token is blank or an ordinary token of the tokenizer, or if the model has no
     *     weights that can grow, as those of ONNX Runtime, of counts and of tables of n-grams
     */
    default LanguageModel withSpecialTokens(String... tokens) {
        throw new UnsupportedOperationException("the vocabulary of this model cannot be extended");
    }

    /**
     * Returns a model of these weights with a low-rank adapter that {@link #saveAdapter} or PEFT wrote. This model is unchanged,
     * and the other one has a copy of its weights, on the CPU with a thread for each processor.
     *
     * @param folder with {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws NanogptException if a file is missing or broken, or the adapter is of another model or of a kind that is not
     *     supported, naming what
     * @throws IllegalArgumentException if this model has an adapter already, or no weights that one could be added to
     */
    default LanguageModel withAdapter(Path folder) {
        throw new UnsupportedOperationException("this model cannot have adapters");
    }

    /**
     * Writes the low-rank adapter of this model as PEFT does: {@code adapter_config.json} and
     * {@code adapter_model.safetensors}, without the weights that it is added to. {@link #save} writes those with the adapter
     * merged into them.
     *
     * @throws IllegalArgumentException if the model has no adapter
     * @throws NanogptException if the folder cannot be written
     */
    default void saveAdapter(Path folder) {
        throw new UnsupportedOperationException("this model cannot have adapters");
    }

    /**
     * Returns a model whose weights have the low-rank adapter of this one added to them, on the CPU with a thread for each
     * processor. This model is unchanged.
     *
     * @throws IllegalArgumentException if the model has no adapter
     */
    default LanguageModel merge() {
        throw new UnsupportedOperationException("this model cannot have adapters");
    }

    /**
     * Writes {@code config.json}, {@code model.safetensors}, {@code tokenizer.json} and {@code README.md}, with
     * {@code tokenizer_config.json} and {@code special_tokens_map.json} for transformers, and {@code training_report.json},
     * {@code generation_config.json} and {@code chat_template.jinja} where the model has a {@link #report}, a
     * {@link #recordEnd} or {@link #endTokens}, and a {@link #chatTemplate()}. A model that the folder already holds is
     * replaced atomically, even if the program crashes; an exported
     * graph of it is left, but no longer loaded. A lock in the file {@code .lock} excludes other writers, of other
     * processes too; where one is writing, this waits for a minute.
     *
     * @throws NanogptException if the folder cannot be written, or another writer holds it for longer than a minute
     */
    void save(Path folder);

    /** Exports as {@link #exportOnnx(Path, OnnxExportOptions)} does, with standard operators and 32-bit weights. */
    default OnnxReport exportOnnx(Path folder) {
        return exportOnnx(folder, OnnxExportOptions.portable());
    }

    /**
     * Writes {@code model.onnx}, a graph that decodes with a key/value cache, beside {@code tokenizer.json},
     * {@code config.json} and {@code README.md}. The graph is run with ONNX Runtime and compared with this model before
     * it replaces the files of an older one. Other writers are excluded as by {@link #save}.
     *
     * @throws NanogptException if ONNX Runtime is not on the class path, if the folder cannot be written or holds the
     *     weights of another model, or if a logit of the graph differs by more than 1e-4 of the largest
     */
    OnnxReport exportOnnx(Path folder, OnnxExportOptions options);

    /**
     * Writes a GGUF file for llama.cpp and programs that are built on it, with the tokenizer. Only models that llama.cpp
     * computes in the same way can be written: GPT-2, Llama, Qwen 2 and 3, Gemma, StableLM and Phi 2 and what has their
     * shape, with a byte-level BPE tokenizer. The file is replaced atomically. {@link #load} reads it; with types other than
     * {@link GgufType#F32} the weights are rounded.
     *
     * <pre>{@code
     * model.exportGguf(Path.of("model-q8_0.gguf"), GgufType.Q8_0);
     * }</pre>
     *
     * @throws NanogptException if llama.cpp has no model or tokenizer that is the same, which the message explains, if a
     *     weight is beyond the numbers of the type, or if the file cannot be written
     */
    default void exportGguf(Path file, GgufType type) {
        throw new UnsupportedOperationException("this model cannot be exported as GGUF");
    }

    /**
     * Closes the model. This does not wait: texts that were asked for before go on, also those of {@link #generateAsync},
     * and with the last of them the threads of the backend stop. Every later call is refused.
     */
    @Override
    void close();
}
