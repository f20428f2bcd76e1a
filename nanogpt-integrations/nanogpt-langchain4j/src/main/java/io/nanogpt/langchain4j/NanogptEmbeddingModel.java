package io.nanogpt.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.nanogpt.LanguageModel;
import java.util.List;
import java.util.Objects;

/**
 * A model as an embedding model of LangChain4j: the mean of its last hidden states over the tokens of a text, of unit length
 * here. Thread-safe.
 */
public final class NanogptEmbeddingModel extends DimensionAwareEmbeddingModel {
    private final LanguageModel model;

    private NanogptEmbeddingModel(LanguageModel model) {
        this.model = Objects.requireNonNull(model, "model");
    }

    /** Returns an embedding model. */
    public static NanogptEmbeddingModel of(LanguageModel model) {
        return new NanogptEmbeddingModel(model);
    }

    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
        List<String> texts = segments.stream().map(TextSegment::text).toList();
        try {
            List<Embedding> embeddings =
                    model.embed(texts).stream().map(NanogptEmbeddingModel::unit).toList();
            int tokens = texts.stream()
                    .mapToInt(text -> model.tokenizer().encode(text).length)
                    .sum();
            return Response.from(embeddings, new TokenUsage(tokens));
        } catch (RuntimeException e) {
            throw Failures.translate(e);
        }
    }

    /** That of a text which every tokenizer knows: its own first token. */
    @Override
    protected Integer knownDimension() {
        return model.embed(model.tokenizer().decode(0)).length;
    }

    private static Embedding unit(float[] vector) {
        Embedding embedding = Embedding.from(vector);
        embedding.normalize();
        return embedding;
    }

    @Override
    public String modelName() {
        return "nanogpt";
    }
}
