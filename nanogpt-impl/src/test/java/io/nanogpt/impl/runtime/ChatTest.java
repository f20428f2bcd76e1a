package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations with a model, and where its answers end. */
@Tag("any-jdk")
class ChatTest {
    private static final GenerationOptions GREEDY = GenerationOptions.greedy().withMaxTokens(30);
    private static final List<Message> QUESTION = List.of(Message.user("hello"));
    private static final String CONVERSATION =
            ChatTemplate.chatMl().render(List.of(Message.user("hello"), Message.assistant("good day")), false);

    @TempDir
    static Path shared;

    @TempDir
    private Path folder;

    /** A model that knows one conversation by heart, saved without a template. */
    @BeforeAll
    static void train() {
        Tokenizer tokenizer = Tokenizers.byteLevelBpe()
                .vocabularySize(300)
                .specialTokens("<|im_start|>", "<|im_end|>")
                .train(Corpus.ofStrings(List.of(CONVERSATION)));
        try (LanguageModel model = GPT.builder()
                .tokenizer(tokenizer)
                .layers(2)
                .heads(2)
                .embeddingSize(32)
                .contextLength(48)
                .learningRate(1e-2)
                .batchSize(8)
                .steps(300)
                .evaluateEvery(300)
                .evaluationBatches(1)
                .threads(1)
                .train(Corpus.ofText(String.join("", Collections.nCopies(60, CONVERSATION))))) {
            model.save(shared.resolve("model"));
        }
    }

    @Test
    void anAnswerEndsAtTheTokenOfTheTemplate() {
        try (LanguageModel model = LanguageModel.load(shared.resolve("model"), 1)) {
            assertThatThrownBy(() -> model.chat(QUESTION, GREEDY))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("this model has no chat template")
                    .hasMessageContaining("model.chatTemplate(ChatTemplate.chatMl())");
            model.chatTemplate(ChatTemplate.chatMl());
            int end = model.tokenizer().specialTokens().get("<|im_end|>");
            assertThat(model.endTokens()).containsExactly(end);
            assertThat(model.chat(QUESTION, GREEDY)).isEqualTo("good day");
            StringBuilder streamed = new StringBuilder();
            assertThat(model.chat(QUESTION, GREEDY, token -> streamed.append(token.text())))
                    .isEqualTo("good day");
            assertThat(streamed).hasToString("good day");
            assertThat(model.chatAsync(QUESTION, GREEDY, token -> {}).join()).isEqualTo("good day");
            assertThat(model.chat(model.chatPrompt(QUESTION), GREEDY, token -> {}))
                    .isEqualTo("good day");
            assertThat(model.chatPrompt(QUESTION).text())
                    .isEqualTo("<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n");
            assertThat(model.chatPrompt(QUESTION).tokenCount())
                    .isEqualTo(
                            model.tokenizer().encode(model.chatPrompt(QUESTION).text()).length);
            // The same end for a text, for beams and for samples; and without it.
            String prompt = model.chatPrompt(QUESTION).text();
            assertThat(model.generate(prompt, GREEDY)).isEqualTo("good day");
            assertThat(model.beamSearch(prompt, BeamSearch.of(2), GREEDY).get(0).text())
                    .isEqualTo("good day");
            assertThat(model.samples(prompt, 2, GREEDY)).containsOnly("good day");
            assertThat(model.generate(prompt, GREEDY.withRecordEnd(false)))
                    .startsWith("good day<|im_end|>\n<|im_start|>user\nhello");
            assertThat(model.chat(QUESTION, GREEDY.withRecordEnd(false))).startsWith("good day<|im_end|>\n");
        }
    }

    @Test
    void aSavedModelKeepsItsTemplateAndItsTokens() throws IOException {
        ChatTemplate template = ChatTemplate.jinja(ChatTemplate.chatMl().source() + "{#- mine #}")
                .withBeginToken("<|im_start|>")
                .withEndToken("<|im_end|>");
        Path saved = folder.resolve("saved");
        try (LanguageModel model = LanguageModel.load(shared.resolve("model"), 1)) {
            model.chatTemplate(template);
            model.save(saved);
        }
        assertThat(saved.resolve("chat_template.jinja")).hasContent(template.source());
        try (LanguageModel model = LanguageModel.load(saved, 1)) {
            assertThat(model.chatTemplate()).contains(template);
            assertThat(model.chat(QUESTION, GREEDY)).isEqualTo("good day");
            assertThat(saved.resolve("generation_config.json"))
                    .content()
                    .contains(
                            "\"eos_token_id\": " + model.endTokens().iterator().next())
                    .contains("\"bos_token_id\": "
                            + model.tokenizer().specialTokens().get("<|im_start|>"));
        }
        assertThat(ChatTemplate.read(saved).source()).isEqualTo(template.source());
        // A model without a template replaces both files.
        try (LanguageModel model = LanguageModel.load(shared.resolve("model"), 1)) {
            model.save(saved);
        }
        assertThat(saved.resolve("chat_template.jinja")).doesNotExist();
    }

    private Path copy() throws IOException {
        Path copy = folder.resolve("copy");
        Files.createDirectories(copy);
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(shared.resolve("model").resolve(name), copy.resolve(name));
        }
        return copy;
    }

    @Test
    void theTemplateOfATokenizerConfigIsTaken() throws IOException {
        Path copy = copy();
        Files.writeString(
                copy.resolve("tokenizer_config.json"),
                "{\"eos_token\": {\"content\": \"<|im_end|>\"}, \"bos_token\": null, \"chat_template\": \""
                        + ChatTemplate.chatMl()
                                .source()
                                .replace("\\", "\\\\")
                                .replace("\n", "\\n")
                                .replace("\"", "\\\"")
                        + "\"}");
        try (LanguageModel model = LanguageModel.load(copy, 1)) {
            assertThat(model.chatTemplate()).contains(ChatTemplate.chatMl().withEndToken("<|im_end|>"));
            assertThat(model.chat(QUESTION, GREEDY)).isEqualTo("good day");
        }
        assertThatThrownBy(() -> ChatTemplate.read(shared.resolve("model")))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("neither chat_template.jinja nor a member chat_template");
    }

    @Test
    void aTemplateThatIsNotSupportedLeavesTheModelUsable() throws IOException {
        Path copy = copy();
        Files.writeString(copy.resolve("chat_template.jinja"), "a\n{% macro f() %}{% endmacro %}");
        try (LanguageModel model = LanguageModel.load(copy, 1)) {
            assertThat(model.generate("<|im_start|>", GREEDY)).isNotEmpty();
            assertThatThrownBy(() -> model.chat(QUESTION, GREEDY))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining(
                            "chat_template.jinja, line 2, column 4: the statement macro is not supported");
        }
    }

    @Test
    void generationEndsAtTheTokensOfTheFolder() throws IOException {
        Path copy = copy();
        String prompt = "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n";
        try (LanguageModel model = LanguageModel.load(copy, 1)) {
            int end = model.tokenizer().specialTokens().get("<|im_end|>");
            int beyond = model.tokenizer().vocabularySize() + 7;
            assertThat(model.endTokens()).isEmpty();
            assertThat(model.generate(prompt, GREEDY)).contains("<|im_end|>");
            Files.writeString(
                    copy.resolve("generation_config.json"), "{\"eos_token_id\": [" + beyond + ", " + end + "]}");
            try (LanguageModel ending = LanguageModel.load(copy, 1)) {
                assertThat(ending.endTokens()).containsExactly(end);
                assertThat(ending.generate(prompt, GREEDY)).isEqualTo("good day");
                assertThat(ending.generate(prompt, GREEDY.withRecordEnd(false))).contains("<|im_end|>");
                // A JSON value ends by itself.
                assertThat(ending.generate(prompt, GREEDY.withJsonSchema(JsonSchema.of("{\"enum\": [\"good\"]}"))))
                        .isEqualTo("\"good\"");
                ending.save(folder.resolve("again"));
            }
            try (LanguageModel again = LanguageModel.load(folder.resolve("again"), 1)) {
                assertThat(again.endTokens()).containsExactly(end);
            }
            Files.writeString(copy.resolve("generation_config.json"), "{\"eos_token_id\": \"2\"}");
            assertThatThrownBy(() -> LanguageModel.load(copy, 1))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("eos_token_id: expected a whole number");
        }
    }
}
