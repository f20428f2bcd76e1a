package io.nanogpt.springai;

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

/**
 * A model as an embedding model of Spring AI: the mean of its last hidden states over the tokens of a text, of unit length here.
 * Thread-safe.
 */
public final class NanogptEmbeddingModel implements EmbeddingModel {
    private final LanguageModel model;

    /** Creates an embedding model, which leaves closing the model to whoever opened it. */
    public NanogptEmbeddingModel(LanguageModel model) {
        this.model = Objects.requireNonNull(model, "model");
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        List<String> texts = request.getInstructions();
        List<Embedding> embeddings = new ArrayList<>();
        for (float[] vector : model.embed(texts)) {
            embeddings.add(new Embedding(unit(vector), embeddings.size()));
        }
        int tokens = texts.stream()
                .mapToInt(text -> model.tokenizer().encode(text).length)
                .sum();
        return new EmbeddingResponse(embeddings, new EmbeddingResponseMetadata("nanogpt", new DefaultUsage(tokens, 0)));
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
