package io.nanogpt.springai;

import io.micrometer.observation.ObservationRegistry;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.onnx.OnnxOptions;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Makes a model and its chat and embedding models beans, where {@code spring.ai.nanogpt.model} or {@code .onnx} is set. Each
 * gives way to a bean of the application; {@code spring.ai.model.chat} and {@code spring.ai.model.embedding} choose among
 * several libraries, this one being {@code nanogpt}.
 */
@AutoConfiguration
@Conditional(NanogptAutoConfiguration.ModelIsSet.class)
@EnableConfigurationProperties(NanogptProperties.class)
public class NanogptAutoConfiguration {
    private static final String NAME = Answer.NAME;
    /** The last message, which a model that was not trained on chats continues. */
    private static final String LAST_MESSAGE = "{{ messages[-1]['content'] }}";

    /** Creates the configuration. */
    public NanogptAutoConfiguration() {}

    /** Whether there is a model to load or to train. */
    static final class ModelIsSet extends AnyNestedCondition {
        ModelIsSet() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty("spring.ai.nanogpt.model")
        static final class Saved {}

        @ConditionalOnProperty("spring.ai.nanogpt.onnx")
        static final class Exported {}
    }

    /** The model, loaded, or trained and saved at the first start; closed with the application. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    LanguageModel nanogptLanguageModel(NanogptProperties properties) {
        LanguageModel model = open(properties);
        switch (properties.chatTemplate()) {
            case MODEL -> {
                if (model.chatTemplate().isEmpty()) {
                    model.chatTemplate(ChatTemplate.jinja(LAST_MESSAGE));
                }
            }
            case CONTINUATION -> model.chatTemplate(ChatTemplate.jinja(LAST_MESSAGE));
            case CHAT_ML -> model.chatTemplate(ChatTemplate.chatMl());
            case LLAMA_3 -> model.chatTemplate(ChatTemplate.llama3());
            case GEMMA -> model.chatTemplate(ChatTemplate.gemma());
            case PLAIN -> model.chatTemplate(ChatTemplate.plain());
        }
        return model;
    }

    private static LanguageModel open(NanogptProperties properties) {
        Path folder = properties.model();
        if (properties.onnx() != null) {
            if (folder != null || properties.corpus() != null) {
                throw new IllegalArgumentException("spring.ai.nanogpt.onnx stands alone; leave out"
                        + " spring.ai.nanogpt.model and spring.ai.nanogpt.corpus");
            }
            return LanguageModel.loadOnnx(properties.onnx(), OnnxOptions.cpu());
        }
        if (folder == null) {
            throw new IllegalStateException("spring.ai.nanogpt.model is not set");
        }
        return properties.corpus() == null
                ? LanguageModel.load(folder)
                : GPT.builder()
                        .budget(properties.budget())
                        .loadIfPresent(folder)
                        .train(corpus(properties.corpus(), properties.column()));
    }

    private static Corpus corpus(Path file, @Nullable String column) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "json" -> column == null ? Corpus.ofJson(file) : Corpus.ofJson(file, column);
            case "jsonl", "ndjson" -> Corpus.ofJsonLines(file, column(file, column));
            case "csv" -> Corpus.ofCsv(file, column(file, column));
            case "tsv" -> Corpus.ofTsv(file, column(file, column));
            default -> Corpus.ofFiles(file);
        };
    }

    private static String column(Path file, @Nullable String column) {
        if (column == null) {
            throw new IllegalArgumentException(
                    file + " has records with several members; give spring.ai.nanogpt.column");
        }
        return column;
    }

    /** The chat model. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = "spring.ai.model.chat", havingValue = NAME, matchIfMissing = true)
    ChatModel nanogptChatModel(
            LanguageModel model, NanogptProperties properties, ObjectProvider<ObservationRegistry> observations) {
        NanogptProperties.Chat chat = properties.chat();
        GenerationOptions options = GenerationOptions.defaults();
        if (chat.temperature() != null) {
            options = options.withTemperature(chat.temperature());
        }
        if (chat.topK() != null) {
            options = options.withTopK(chat.topK());
        }
        if (chat.topP() != null) {
            options = options.withTopP(chat.topP());
        }
        if (chat.maxTokens() != null) {
            options = options.withMaxTokens(chat.maxTokens());
        }
        if (chat.seed() != null) {
            options = options.withSeed(chat.seed());
        }
        return new NanogptChatModel(model, options, observations.getIfUnique(() -> ObservationRegistry.NOOP));
    }

    /** The embedding model. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = "spring.ai.model.embedding", havingValue = NAME, matchIfMissing = true)
    EmbeddingModel nanogptEmbeddingModel(LanguageModel model, ObjectProvider<ObservationRegistry> observations) {
        return new NanogptEmbeddingModel(model, observations.getIfUnique(() -> ObservationRegistry.NOOP));
    }

    /** The health indicator, where the application has Spring Boot's. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class Health {
        @Bean
        @ConditionalOnMissingBean(name = "nanogptHealthIndicator")
        HealthIndicator nanogptHealthIndicator(LanguageModel model) {
            return new NanogptHealthIndicator(model);
        }
    }
}
