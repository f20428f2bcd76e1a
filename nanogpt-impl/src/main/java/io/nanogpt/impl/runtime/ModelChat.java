package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatPrompt;
import io.nanogpt.chat.Message;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.chat.ChatEncoder;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The conversations of a model: its template, and the tokens at which it ends. */
final class ModelChat {
    private static final System.Logger LOGGER = System.getLogger(ModelChat.class.getName());

    private final Set<Integer> endTokens;
    private final @Nullable ChatEncoder encoder;
    /** Why the template cannot be used. */
    private final @Nullable NanogptException failure;

    ModelChat(ModelFolder.About about, Tokenizer tokenizer) {
        Set<Integer> ends = new LinkedHashSet<>(about.endTokens());
        ChatEncoder read = null;
        NanogptException unsupported = null;
        if (about.chatTemplate().isPresent()) {
            try {
                read = new ChatEncoder(about.chatTemplate().get().template(), tokenizer);
                read.endToken().ifPresent(ends::add);
            } catch (NanogptException e) {
                // The model can do without, until somebody asks it for an answer.
                LOGGER.log(System.Logger.Level.WARNING, "this model cannot chat: " + e.getMessage());
                unsupported = e;
            }
        }
        encoder = read;
        failure = unsupported;
        endTokens = Collections.unmodifiableSet(ends);
    }

    Set<Integer> endTokens() {
        return endTokens;
    }

    /**
     * Encodes a conversation.
     *
     * @throws NanogptException if there is no template, or it cannot be used
     */
    ChatPrompt prompt(List<Message> messages) {
        return encoder().prompt(messages);
    }

    private ChatEncoder encoder() {
        if (failure != null) {
            throw new NanogptException("this model cannot chat: " + failure.getMessage(), failure);
        }
        if (encoder == null) {
            throw new NanogptException(
                    "this model has no chat template: its folder has neither chat_template.jinja nor a"
                            + " member chat_template in tokenizer_config.json; set the one that it was trained with, for example"
                            + " model.chatTemplate(ChatTemplate.chatMl())");
        }
        return encoder;
    }

    /** Adds the text that ends an answer to the stop texts, as the end of a record is added. */
    GenerationOptions toAnswerEnd(GenerationOptions options) {
        return RecordEnds.apply(options, encoder == null ? Optional.empty() : encoder.endText());
    }
}
