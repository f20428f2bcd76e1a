package io.nanogpt.examples.cli.options;

import io.nanogpt.chat.ChatTemplate;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of the template that writes conversations. */
public final class ChatTemplateOption {
    @Option(
            names = "--chat-template",
            paramLabel = "NAME|PATH",
            description =
                    "format of conversations: chatml, llama3, gemma or plain; or a file or folder with a template in"
                            + " Jinja (default: that of the model; of train: plain)")
    private @Nullable String template;

    /** The template, if one was given. */
    public Optional<ChatTemplate> template() {
        if (template == null) {
            return Optional.empty();
        }
        return Optional.of(
                switch (template.toLowerCase(Locale.ROOT)) {
                    case "chatml" -> ChatTemplate.chatMl();
                    case "llama3" -> ChatTemplate.llama3();
                    case "gemma" -> ChatTemplate.gemma();
                    case "plain" -> ChatTemplate.plain();
                    default -> ChatTemplate.read(Path.of(template));
                });
    }
}
