package io.nanogpt.integrations.examples;

import dev.langchain4j.model.chat.ChatModel;
import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.langchain4j.NanogptChatModel;

/** The code of docs/integrations.md. */
final class DocumentedLangChain4j {
    private DocumentedLangChain4j() {}

    static String answer(LanguageModel model) {
        // begin
        ChatModel chat = NanogptChatModel.builder()
                .model(model)
                .temperature(0.7)
                .maxOutputTokens(100)
                .options(GenerationOptions.defaults().withSeed(1))
                .build();
        String answer = chat.chat("What is a lymphocyte?");
        // end
        return answer;
    }
}
