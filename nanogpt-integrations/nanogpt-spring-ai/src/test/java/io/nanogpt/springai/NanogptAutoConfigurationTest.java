package io.nanogpt.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(180)
class NanogptAutoConfigurationTest {
    private static final String TEXT = "a red rose is a rose. a blue sea is a sea. ";

    @TempDir
    private static Path folder;

    private static Path saved;

    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(NanogptAutoConfiguration.class));

    @BeforeAll
    static void train() {
        saved = folder.resolve("model");
        try (LanguageModel model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(32)
                .training(trainer -> trainer.steps(2).evaluationBatches(1))
                .train(Corpus.ofText(TEXT.repeat(40)))) {
            model.save(saved);
        }
    }

    private ApplicationContextRunner withModel(String... properties) {
        return application
                .withPropertyValues("spring.ai.nanogpt.model=" + saved, "spring.ai.nanogpt.chat.max-tokens=12")
                .withPropertyValues(properties);
    }

    @Test
    void nothingIsMadeWithoutAModel() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LanguageModel.class));
    }

    @Test
    void aSavedModelIsAChatModelAndAnEmbeddingModel() {
        withModel("spring.ai.nanogpt.chat.seed=5", "spring.ai.nanogpt.chat.temperature=0.8")
                .run(context -> {
                    ChatModel chat = context.getBean(ChatModel.class);
                    LanguageModel model = context.getBean(LanguageModel.class);
                    GenerationOptions options =
                            GenerationOptions.temperature(0.8).withSeed(5).withMaxTokens(12);
                    assertThat(chat.call("a red "))
                            .isEqualTo(model.generate("a red ", options))
                            .hasSize(12);

                    ChatResponse response = chat.call(new Prompt("a red "));
                    assertThat(response.getMetadata().getUsage().getPromptTokens())
                            .isEqualTo(6);
                    assertThat(response.getMetadata().getUsage().getCompletionTokens())
                            .isEqualTo(12);
                    assertThat(response.getResult().getMetadata().getFinishReason())
                            .isEqualTo("length");

                    EmbeddingModel embeddings = context.getBean(EmbeddingModel.class);
                    assertThat(embeddings.dimensions()).isEqualTo(16);
                    float[] vector = embeddings.embed("a red rose");
                    double squares = 0;
                    for (float value : vector) {
                        squares += (double) value * value;
                    }
                    assertThat(squares).isCloseTo(1, within(1e-5));
                    assertThat(embeddings.embed(new Document("a red rose"))).isEqualTo(vector);
                });
    }

    @Test
    void aStreamIsTheWholeAnswerInPieces() {
        withModel("spring.ai.nanogpt.chat.seed=5").run(context -> {
            ChatModel chat = context.getBean(ChatModel.class);
            List<String> pieces = chat.stream("a blue ").collectList().block();
            assertThat(pieces).hasSizeGreaterThan(6);
            assertThat(String.join("", pieces)).isEqualTo(chat.call("a blue "));
            List<ChatResponse> responses =
                    chat.stream(new Prompt("a blue ")).collectList().block();
            assertThat(responses
                            .get(responses.size() - 1)
                            .getMetadata()
                            .getUsage()
                            .getTotalTokens())
                    .isEqualTo(7 + 12);
            // To take two pieces cancels the rest.
            assertThat(chat.stream("a blue ").take(2).collectList().block()).hasSize(2);
        });
    }

    @Test
    void promptsStreamsAndEmbeddingsAreObserved() {
        List<Observation.Context> observed = new CopyOnWriteArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                observed.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        withModel().withBean(ObservationRegistry.class, () -> registry).run(context -> {
            ChatModel chat = context.getBean(ChatModel.class);
            chat.call(new Prompt("a red "));
            chat.stream(new Prompt("a red ")).blockLast();
            chat.stream("a red ").take(2).blockLast();
            assertThatThrownBy(() -> chat.call(new Prompt(""))).isInstanceOf(IllegalArgumentException.class);
            context.getBean(EmbeddingModel.class).embed("a red rose");
            assertThat(observed)
                    .extracting(Observation.Context::getContextualName)
                    .containsExactly("chat", "chat", "chat", "chat", "embedding");
            assertThat(observed.get(0).getLowCardinalityKeyValues()).contains(KeyValue.of("gen_ai.system", "nanogpt"));
            assertThat(List.of(observed.get(0), observed.get(1)))
                    .allSatisfy(one -> assertThat(one.getHighCardinalityKeyValues())
                            .contains(KeyValue.of("gen_ai.usage.output_tokens", "12")));
            assertThat(observed.get(3).getError()).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void aChatClientGivesOptions() {
        withModel("spring.ai.nanogpt.chat.seed=5").run(context -> {
            ChatClient client = ChatClient.create(context.getBean(ChatModel.class));
            String text = client.prompt()
                    .user("a red ")
                    .options(ChatOptions.builder().maxTokens(3).temperature(0.0))
                    .call()
                    .content();
            LanguageModel model = context.getBean(LanguageModel.class);
            assertThat(text)
                    .isEqualTo(
                            model.generate("a red ", GenerationOptions.greedy().withMaxTokens(3)));
        });
    }

    @Test
    void aTemplateIsChosen() {
        withModel("spring.ai.nanogpt.chat-template=plain")
                .run(context -> assertThat(context.getBean(LanguageModel.class).chatTemplate())
                        .contains(ChatTemplate.plain()));
    }

    @Test
    void healthIsThatOfTheModel() {
        withModel().run(context -> {
            HealthIndicator health = context.getBean(HealthIndicator.class);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(health.health().getDetails()).containsKey("backend");
            context.getBean(LanguageModel.class).close();
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        });
        withModel()
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("nanogptHealthIndicator"));
    }

    @Test
    void beansOfTheApplicationWinAndOtherLibrariesMayBeChosen() {
        withModel("spring.ai.model.chat=other", "spring.ai.model.embedding=other")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ChatModel.class)
                        .doesNotHaveBean(EmbeddingModel.class));
        try (LanguageModel own = LanguageModel.load(saved)) {
            application
                    .withPropertyValues("spring.ai.nanogpt.model=" + folder.resolve("none"))
                    .withBean(LanguageModel.class, () -> own)
                    .run(context ->
                            assertThat(context.getBean(LanguageModel.class)).isSameAs(own));
        }
    }

    @Test
    void aModelIsTrainedAtTheFirstStartAndLoadedAtTheNext() throws IOException {
        Path corpus = Files.writeString(folder.resolve("text.txt"), TEXT.repeat(60));
        Path trained = folder.resolve("trained");
        ApplicationContextRunner runner = application.withPropertyValues(
                "spring.ai.nanogpt.model=" + trained,
                "spring.ai.nanogpt.corpus=" + corpus,
                "spring.ai.nanogpt.budget=2s",
                "spring.ai.nanogpt.chat.max-tokens=10");
        String[] texts = new String[2];
        for (int start = 0; start < 2; start++) {
            int current = start;
            runner.run(context -> {
                assertThat(context).hasNotFailed();
                texts[current] = context.getBean(ChatModel.class).call("a red ");
            });
            assertThat(trained.resolve("model.safetensors")).exists();
        }
        assertThat(texts[1]).isEqualTo(texts[0]).isNotEmpty();
    }

    @Test
    void propertiesThatDoNotFitFailAtTheStart() {
        withModel("spring.ai.nanogpt.onnx=" + folder)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("stands alone"));
        application
                .withPropertyValues("spring.ai.nanogpt.model=" + folder.resolve("nothing"))
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("nothing"));
        application
                .withPropertyValues(
                        "spring.ai.nanogpt.model=" + folder.resolve("new"),
                        "spring.ai.nanogpt.corpus=" + folder.resolve("records.csv"))
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(".column"));
    }
}
