package io.nanogpt.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;
import io.nanogpt.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The tokens that a model reads, exactly: of a text by its tokenizer, and of messages by its chat template, with the
 * beginning of the answer.
 */
public final class NanogptTokenCountEstimator implements TokenCountEstimator {
    private final LanguageModel model;

    private NanogptTokenCountEstimator(LanguageModel model) {
        this.model = Objects.requireNonNull(model, "model");
    }

    /** Returns an estimator. */
    public static NanogptTokenCountEstimator of(LanguageModel model) {
        return new NanogptTokenCountEstimator(model);
    }

    @Override
    public int estimateTokenCountInText(String text) {
        return model.tokenizer().encode(text).length;
    }

    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
        return estimateTokenCountInMessages(List.of(message));
    }

    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
        List<io.nanogpt.chat.Message> read = new ArrayList<>();
        messages.forEach(message -> read.add(ChatRequests.message(message)));
        try {
            return model.chatPrompt(read).tokenCount();
        } catch (RuntimeException e) {
            throw Failures.translate(e);
        }
    }
}
