package io.nanogpt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TextModelsTest {
    private static final GenerationOptions OPTIONS =
            GenerationOptions.defaults().withSeed(3).withMaxTokens(20);

    private static LanguageModel model;

    @BeforeAll
    static void train() {
        model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(32)
                .training(trainer -> trainer.steps(20).evaluationBatches(1))
                .train(Corpus.ofText("a red rose. a blue sea. ".repeat(40)));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aTextIsContinued() throws Exception {
        NanogptLanguageModel continued = NanogptLanguageModel.of(model, OPTIONS);
        Response<String> response = continued.generate("a red");
        assertThat(response.content()).isEqualTo(model.generate("a red", OPTIONS));
        assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(5);
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(20);
        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);

        StringBuilder pieces = new StringBuilder();
        CompletableFuture<Response<String>> end = new CompletableFuture<>();
        continued.generate("a red", new StreamingResponseHandler<>() {
            @Override
            public void onNext(String piece) {
                pieces.append(piece);
            }

            @Override
            public void onComplete(Response<String> whole) {
                end.complete(whole);
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        });
        assertThat(end.get(60, TimeUnit.SECONDS).content())
                .isEqualTo(pieces.toString())
                .isEqualTo(response.content());
    }

    @Test
    void textsHaveUnitVectors() {
        EmbeddingModel embeddings = NanogptEmbeddingModel.of(model);
        List<Embedding> vectors = embeddings
                .embedAll(Stream.of("a red rose", "a blue sea", "a red rose")
                        .map(TextSegment::from)
                        .toList())
                .content();
        assertThat(embeddings.dimension()).isEqualTo(16);
        assertThat(vectors).hasSize(3).allSatisfy(vector -> {
            double squares = 0;
            for (float value : vector.vector()) {
                squares += (double) value * value;
            }
            assertThat(squares).isCloseTo(1, within(1e-5));
        });
        assertThat(vectors.get(0)).isEqualTo(vectors.get(2)).isNotEqualTo(vectors.get(1));
        assertThat(embeddings.embed("a red rose").content()).isEqualTo(vectors.get(0));
        assertThatThrownBy(() -> embeddings.embed("ROSE")).isInstanceOf(InvalidRequestException.class);
    }
}
