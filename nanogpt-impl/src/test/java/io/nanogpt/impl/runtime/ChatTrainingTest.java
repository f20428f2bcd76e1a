package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Records;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.LoraConfig;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on questions and answers. */
@Tag("any-jdk")
class ChatTrainingTest {
    private static final List<String> NUMBERS = List.of("one", "two", "three", "four", "five", "six", "seven", "eight");

    @TempDir
    private Path folder;

    /** The number after each. */
    private static Chats chats() {
        List<List<Message>> conversations = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < NUMBERS.size() - 1; i++) {
                conversations.add(List.of(Message.user(NUMBERS.get(i)), Message.assistant(NUMBERS.get(i + 1))));
            }
        }
        return Chats.of(conversations);
    }

    private static GPT.Builder small() {
        return GPT.builder()
                .layers(2)
                .heads(2)
                .embeddingSize(32)
                .contextLength(96)
                .learningRate(5e-3)
                .batchSize(4)
                .steps(500)
                .evaluateEvery(500)
                .evaluationBatches(1)
                .threads(2);
    }

    @Test
    void questionsAreAnswered() {
        try (LanguageModel model = small().train(chats(), ChatTemplate.plain())) {
            model.save(folder);
        }
        try (LanguageModel model = LanguageModel.load(folder)) {
            requireAnswers(model);
        }
    }

    private static void requireAnswers(LanguageModel model) {
        for (int i = 0; i < NUMBERS.size() - 1; i++) {
            assertThat(model.chat(List.of(Message.user(NUMBERS.get(i))), GenerationOptions.greedy()))
                    .isEqualTo(NUMBERS.get(i + 1));
        }
    }

    @Test
    void aModelLearnsToAnswerByAnAdapterAndKeepsItsTemplateAfterwards() {
        Corpus text = chats().corpus(ChatTemplate.plain());
        try (LanguageModel base = small().steps(150).train(text);
                LanguageModel tuned = GPT.builder()
                        .from(base)
                        .lora(LoraConfig.rank(8))
                        .learningRate(5e-3)
                        .steps(300)
                        .evaluateEvery(300)
                        .evaluationBatches(1)
                        .train(chats(), ChatTemplate.plain())) {
            requireAnswers(tuned);
            try (LanguageModel further =
                    GPT.builder().from(tuned).steps(1).evaluationBatches(1).train(text)) {
                assertThat(further.chatTemplate()).contains(ChatTemplate.plain());
                requireAnswers(further);
            }
            try (LanguageModel merged = tuned.merge()) {
                assertThat(merged.chatTemplate()).contains(ChatTemplate.plain());
                requireAnswers(merged);
            }
        }
    }

    /** The losses of an evaluation of all and of two steps. */
    private static List<Double> losses(ModelConfig config, Records records, Tokenizer tokenizer, int threads) {
        try (LanguageModel model = Trainer.builder()
                .steps(2)
                .batchSize(3)
                .evaluateFully(true)
                .evaluateEvery(1)
                .threads(threads)
                .build()
                .train(
                        config.withVocabularySize(tokenizer.vocabularySize()).architecture(),
                        tokenizer,
                        records,
                        records)) {
            return model.report().orElseThrow().evaluations().stream()
                    .map(TrainingReport.EvaluationPoint::validationLoss)
                    .toList();
        }
    }

    private static TransformerConfig.Builder tiny(Preset preset) {
        return preset.transformer().layers(2).heads(2).embeddingSize(16).contextLength(96);
    }

    /** Learned and rotary positions; the loss of all packed examples is that of all by themselves. */
    @Test
    void packedExamplesHaveTheLossOfExamplesAlone() {
        Chats chats = chats();
        Tokenizer tokenizer = Tokenizers.characters().train(chats.corpus(ChatTemplate.plain()));
        Records records = Examples.ofChats(chats, ChatTemplate.plain(), tokenizer);
        for (Preset preset : List.of(Preset.CAPTIONS, Preset.LLAMA)) {
            ModelConfig config = tiny(preset).keyValueHeads(2).build();
            List<Double> alone = losses(config, records, tokenizer, 1);
            List<Double> packed = losses(config, records.withPacking(true), tokenizer, 1);
            assertThat(packed.get(0)).isCloseTo(alone.get(0), within(1e-5));
            // Whatever the number of threads.
            assertThat(losses(config, records.withPacking(true), tokenizer, 2)).isEqualTo(packed);
            assertThat(losses(config, records.withPacking(true), tokenizer, 3)).isEqualTo(packed);
        }
    }

    @Test
    void modelsThatReadEarlierTokensOtherwiseAreNotPacked() {
        Chats chats = chats();
        Tokenizer tokenizer = Tokenizers.characters().train(chats.corpus(ChatTemplate.plain()));
        Records records = Examples.ofChats(chats, ChatTemplate.plain(), tokenizer);
        ModelConfig lstm = new LstmConfig(1, 8, 8, 96, 1);
        assertThat(losses(lstm, records, tokenizer, 1)).isNotEmpty();
        assertThatThrownBy(() -> losses(lstm, records.withPacking(true), tokenizer, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("examples cannot be packed for this model")
                .hasMessageContaining("LSTM");
    }
}
