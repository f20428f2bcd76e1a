package io.nanogpt.chat;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.ChatRenderer;
import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a conversation as the text that a model was trained on. Immutable and thread-safe.
 *
 * <p>A template is a text in a subset of the language of Jinja, as {@code chat_template} of Hugging Face's
 * {@code tokenizer_config.json}: loops, conditions, assignments, {@code namespace}, the common filters, tests and methods
 * of texts, and {@code raise_exception}. It cannot read files, and the steps and characters of a rendering are limited.
 *
 * <pre>{@code
 * String text = ChatTemplate.chatMl().render(List.of(Message.user("Good morning")), true);
 * }</pre>
 */
public final class ChatTemplate {
    private final String source;
    private final ChatRenderer renderer;
    private final Optional<String> beginToken;
    private final Optional<String> endToken;

    private ChatTemplate(String source, ChatRenderer renderer, Optional<String> beginToken, Optional<String> endToken) {
        this.source = source;
        this.renderer = renderer;
        this.beginToken = beginToken;
        this.endToken = endToken;
    }

    /** Returns the format of Qwen and many others: {@code <|im_start|>user}, a line break, the text, {@code <|im_end|>}. */
    public static ChatTemplate chatMl() {
        return jinja(BuiltInTemplates.CHAT_ML);
    }

    /**
     * Returns the format of Llama 3: {@code <|start_header_id|>user<|end_header_id|>}, a blank line, the trimmed text,
     * {@code <|eot_id|>}.
     */
    public static ChatTemplate llama3() {
        return jinja(BuiltInTemplates.LLAMA_3).withBeginToken("<|begin_of_text|>");
    }

    /**
     * Returns the format of Gemma: {@code <start_of_turn>user}, a line break, the trimmed text, {@code <end_of_turn>}.
     * Instructions begin the first message of the user.
     */
    public static ChatTemplate gemma() {
        return jinja(BuiltInTemplates.GEMMA).withBeginToken("<bos>");
    }

    /**
     * Returns a format without special tokens, for tokenizers that have none: a line {@code User:} or
     * {@code Assistant:}, the text, a blank line. An answer ends at its first blank line.
     */
    public static ChatTemplate plain() {
        return jinja(BuiltInTemplates.PLAIN);
    }

    /**
     * Returns a template of one's own.
     *
     * @param source the template in the language of Jinja
     * @throws NanogptException if it is no template or has what is not supported, which the message names with its line
     *     and column
     */
    public static ChatTemplate jinja(String source) {
        Objects.requireNonNull(source, "source");
        return of(source, Library.get().chatRenderer(source));
    }

    /** Returns a template with its renderer; for implementations of the library. */
    public static ChatTemplate of(String source, ChatRenderer renderer) {
        Objects.requireNonNull(source, "source");
        return new ChatTemplate(
                source, Objects.requireNonNull(renderer, "renderer"), Optional.empty(), Optional.empty());
    }

    /**
     * Reads the template of a model: {@code chat_template.jinja} in a folder, or else the member {@code chat_template} of
     * its {@code tokenizer_config.json}, with {@code bos_token} and {@code eos_token} of that file.
     *
     * @param from the folder or one of the two files
     * @throws NanogptException if there is none, or as by {@link #jinja}
     */
    public static ChatTemplate read(Path from) {
        return Library.get().readChatTemplate(Objects.requireNonNull(from, "from"));
    }

    /** Returns a copy in which {@code bos_token} is this text. */
    public ChatTemplate withBeginToken(String text) {
        return new ChatTemplate(source, renderer, Optional.of(text), endToken);
    }

    /** Returns a copy in which {@code eos_token} is this text. */
    public ChatTemplate withEndToken(String text) {
        return new ChatTemplate(source, renderer, beginToken, Optional.of(text));
    }

    /** Returns the template in the language of Jinja. */
    public String source() {
        return source;
    }

    /** Returns the text of {@code bos_token}, if it is set. */
    public Optional<String> beginToken() {
        return beginToken;
    }

    /** Returns the text of {@code eos_token}, if it is set. */
    public Optional<String> endToken() {
        return endToken;
    }

    /**
     * Writes a conversation.
     *
     * @param messages at least one
     * @param generationPrompt whether the beginning of the assistant's next message follows, for the model to continue
     * @throws IllegalArgumentException if there is no message, or the template refuses these messages
     * @throws NanogptException if the template cannot be rendered or takes too many steps or characters; the message names the
     *     line and column
     */
    public String render(List<Message> messages, boolean generationPrompt) {
        return rendered(messages, generationPrompt).text();
    }

    /** Writes a conversation as {@link #render} does, with the message from which each character comes. */
    public ChatRenderer.Rendered rendered(List<Message> messages, boolean generationPrompt) {
        if (Objects.requireNonNull(messages, "messages").isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no message; give at least one, for example Message.user(text)");
        }
        return renderer.render(List.copyOf(messages), beginToken, endToken, generationPrompt);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChatTemplate template
                && source.equals(template.source)
                && beginToken.equals(template.beginToken)
                && endToken.equals(template.endToken);
    }

    @Override
    public int hashCode() {
        return Objects.hash(source, beginToken, endToken);
    }

    /** Returns the source. */
    @Override
    public String toString() {
        return source;
    }
}
