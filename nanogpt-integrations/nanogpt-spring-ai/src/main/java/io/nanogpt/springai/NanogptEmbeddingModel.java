package io.nanogpt.springai;

import io.micrometer.observation.ObservationRegistry;
import io.nanogpt.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;

/**
 * A model as an embedding model of Spring AI: the mean of its last hidden states over the tokens of a text, of unit length here.
 * Thread-safe.
 */
public final class NanogptEmbeddingModel implements EmbeddingModel {
    private static final EmbeddingModelObservationConvention CONVENTION =
            new DefaultEmbeddingModelObservationConvention();

    private final LanguageModel model;
    private final ObservationRegistry observations;

    /** Creates an embedding model that nobody observes. */
    public NanogptEmbeddingModel(LanguageModel model) {
        this(model, ObservationRegistry.NOOP);
    }

    /**
     * Creates an embedding model, which leaves closing the model to whoever opened it.
     *
     * @param observations gets an observation of each request
     */
    public NanogptEmbeddingModel(LanguageModel model, ObservationRegistry observations) {
        this.model = Objects.requireNonNull(model, "model");
        this.observations = Objects.requireNonNull(observations, "observations");
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        EmbeddingModelObservationContext context = EmbeddingModelObservationContext.builder()
                .embeddingRequest(request)
                .provider(Answer.NAME)
                .build();
        return EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
                .observation(null, CONVENTION, () -> context, observations)
                .observe(() -> {
                    EmbeddingResponse response = embeddings(request);
                    context.setResponse(response);
                    return response;
                });
    }

    private EmbeddingResponse embeddings(EmbeddingRequest request) {
        List<String> texts = request.getInstructions();
        List<Embedding> embeddings = new ArrayList<>();
        for (float[] vector : model.embed(texts)) {
            embeddings.add(new Embedding(unit(vector), embeddings.size()));
        }
        int tokens = texts.stream()
                .mapToInt(text -> model.tokenizer().encode(text).length)
                .sum();
        return new EmbeddingResponse(
                embeddings, new EmbeddingResponseMetadata(Answer.NAME, new DefaultUsage(tokens, 0)));
    }

    @Override
    public float[] embed(Document document) {
        String text = getEmbeddingContent(document);
        if (text == null) {
            throw new IllegalArgumentException("the document " + document.getId() + " has no text, only media");
        }
        return embed(text);
    }

    /** That of a text which every tokenizer knows: its own first token. */
    @Override
    public int dimensions() {
        return model.embed(model.tokenizer().decode(0)).length;
    }

    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.sqrt(squares);
        float[] unit = vector.clone();
        for (int i = 0; length > 0 && i < unit.length; i++) {
            unit[i] = (float) (unit[i] / length);
        }
        return unit;
    }
}
