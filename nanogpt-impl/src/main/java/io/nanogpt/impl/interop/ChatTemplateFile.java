package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.impl.chat.JinjaTemplate;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.impl.gguf.GgufMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * The chat template of a folder: {@code chat_template.jinja}, or the member {@code chat_template} of
 * {@code tokenizer_config.json}, or {@code tokenizer.chat_template} of a GGUF file. It is parsed when it is needed: a model whose template is not supported can be used
 * without it.
 *
 * @param name of the file, for messages
 * @param beginToken {@code bos_token}
 * @param endToken {@code eos_token}
 */
public record ChatTemplateFile(String source, String name, Optional<String> beginToken, Optional<String> endToken) {
    static final String NAME = "chat_template.jinja";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String MEMBER = "chat_template";
    private static final String GGUF_KEY = "tokenizer.chat_template";

    /** A template that is kept with a model. */
    public static ChatTemplateFile of(ChatTemplate template) {
        return new ChatTemplateFile(template.source(), "the chat template", template.beginToken(), template.endToken());
    }

    /**
     * Reads the template of a folder.
     *
     * @param file finds the files of the folder by name
     */
    static Optional<ChatTemplateFile> find(Function<String, Optional<Path>> file) {
        Optional<Path> text = file.apply(NAME).filter(Files::isRegularFile);
        Optional<Path> config = file.apply(TOKENIZER_CONFIG).filter(Files::isRegularFile);
        Optional<JsonValue> members = config.map(found -> JsonValue.read(found, "the configuration of a tokenizer"));
        Optional<String> begin = members.flatMap(all -> token(all, "bos_token"));
        Optional<String> end = members.flatMap(all -> token(all, "eos_token"));
        if (text.isPresent()) {
            Path found = text.get();
            return Optional.of(new ChatTemplateFile(Utf8Files.read(found), found.toString(), begin, end));
        }
        return members.flatMap(ChatTemplateFile::source)
                .map(source -> new ChatTemplateFile(source, MEMBER + " of " + config.orElseThrow(), begin, end));
    }

    /**
     * Reads the template of a folder or of one of its files.
     *
     * @throws NanogptException if there is none
     */
    public static ChatTemplateFile read(Path from) {
        if (!Files.exists(from)) {
            throw new NanogptException("there is no file or folder " + from + " to read a chat template from");
        }
        Optional<ChatTemplateFile> found;
        if (Files.isDirectory(from)) {
            found = find(name -> Optional.of(from.resolve(name)));
        } else if (from.toString().endsWith(".json")) {
            found = find(name -> name.equals(TOKENIZER_CONFIG) ? Optional.of(from) : Optional.empty());
        } else {
            found = find(name -> Optional.of(name.equals(NAME) ? from : from.resolveSibling(name)));
        }
        return found.orElseThrow(() -> new NanogptException(from + " has no chat template: neither " + NAME
                + " nor a member " + MEMBER + " in " + TOKENIZER_CONFIG));
    }

    /**
     * Reads the template of a GGUF file.
     *
     * @param beginToken with which the file begins texts
     * @param endToken with which the file ends texts
     */
    public static Optional<ChatTemplateFile> find(
            GgufMetadata metadata, Path file, Optional<String> beginToken, Optional<String> endToken) {
        return metadata.text(GGUF_KEY)
                .map(source -> new ChatTemplateFile(source, GGUF_KEY + " of " + file, beginToken, endToken));
    }

    /** Adds the template to a GGUF file, which has its tokens as ids. */
    public void write(GgufMetadata.Builder to) {
        to.put(GGUF_KEY, source);
    }

    /** The template, or of several with names that of the name default. */
    private static Optional<String> source(JsonValue config) {
        JsonValue member = config.optional(MEMBER);
        if (member == null) {
            return Optional.empty();
        }
        if (!member.isArray()) {
            return Optional.of(member.string());
        }
        return member.elements().stream()
                .filter(one -> one.member("name").string().equals("default"))
                .findFirst()
                .map(one -> one.member("template").string());
    }

    /** A special token, a text or an object with its text. */
    private static Optional<String> token(JsonValue config, String name) {
        return Optional.ofNullable(config.optional(name))
                .map(token -> (token.isObject() ? token.member("content") : token).string());
    }

    /** The same with these tokens, where the files have none. */
    public ChatTemplateFile orTokens(Optional<String> begin, Optional<String> end) {
        return new ChatTemplateFile(source, name, beginToken.or(() -> begin), endToken.or(() -> end));
    }

    /**
     * Parses the template.
     *
     * @throws NanogptException naming the file and the place of what is wrong or not supported
     */
    public ChatTemplate template() {
        ChatTemplate template = ChatTemplate.of(source, JinjaTemplate.parse(source, name));
        if (beginToken.isPresent()) {
            template = template.withBeginToken(beginToken.get());
        }
        return endToken.isPresent() ? template.withEndToken(endToken.get()) : template;
    }
}
