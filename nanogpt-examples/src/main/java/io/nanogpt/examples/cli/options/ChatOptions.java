package io.nanogpt.examples.cli.options;

import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.data.Chats;
import io.nanogpt.examples.cli.console.Heading;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of conversations to train on. */
@Heading("Data")
public final class ChatOptions {
    @Option(
            names = "--chats",
            paramLabel = "FILE",
            description =
                    "conversations to learn the answers of, in place of --data: a JSON object a line, with messages,"
                            + " or with prompt and response")
    private @Nullable Path chats;

    private Optional<ChatTemplate> own = Optional.empty();

    @Mixin
    private ChatTemplateOption template = new ChatTemplateOption();

    /** Whether {@code --chats} was given. */
    public boolean isGiven() {
        if (chats == null && template.template().isPresent()) {
            throw new IllegalArgumentException("--chat-template needs --chats");
        }
        return chats != null;
    }

    /** Reads the conversations. */
    Chats read() {
        if (chats == null) {
            throw new IllegalStateException("no --chats");
        }
        return Chats.ofJsonLines(chats);
    }

    /** The template that writes them. */
    ChatTemplate template() {
        return template.template().or(() -> own).orElseGet(ChatTemplate::plain);
    }

    /** These options, with the template of a model that is trained further where none is given. */
    public ChatOptions goingOn(LanguageModel from) {
        own = from.chatTemplate();
        return this;
    }
}
