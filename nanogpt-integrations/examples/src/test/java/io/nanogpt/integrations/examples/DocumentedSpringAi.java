package io.nanogpt.integrations.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.springai.NanogptChatModel;
import org.springframework.ai.chat.model.ChatModel;
import reactor.core.publisher.Flux;

/** The code of docs/integrations.md. */
final class DocumentedSpringAi {
    private DocumentedSpringAi() {}

    static Flux<String> pieces(LanguageModel model) {
        // begin
        ChatModel chat = new NanogptChatModel(model, GenerationOptions.temperature(0.7));
        Flux<String> pieces = chat.stream("What is a lymphocyte?");
        // end
        return pieces;
    }
}
