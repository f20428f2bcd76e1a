package io.nanogpt.impl.inspect;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Candidate;
import io.nanogpt.inspect.EmbeddingMap;
import io.nanogpt.inspect.Neighbour;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The inspection of a model that computes its logits and nothing else, such as one of ONNX Runtime. */
public final class DecodedInspection extends TextInspection {
    private final Function<int[], float[][]> logitsOf;
    private final String reason;

    /**
     * Creates an inspection.
     *
     * @param logitsOf computes the logits after each of some tokens
     * @param reason why the model has no other part
     */
    public DecodedInspection(ContextEnd text, Tokenizer tokenizer, Function<int[], float[][]> logitsOf, String reason) {
        super(text, new Vocabulary(tokenizer));
        this.logitsOf = logitsOf;
        this.reason = reason;
    }

    @Override
    float[][] computeLogits() {
        return logitsOf.apply(ids());
    }

    @Override
    public Optional<String> unsupported(Part part) {
        return Optional.of(reason);
    }

    @Override
    public Set<AttentionHead> removed() {
        return Set.of();
    }

    @Override
    public AttentionMaps attention() {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public List<List<Candidate>> lens(int layer, int count) {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public float[][] lensLogits(int layer) {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public DecodedInspection without(AttentionHead... heads) {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public List<Neighbour> neighbours(int id, int count) {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public EmbeddingMap embeddingMap() {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public float[][] inductionScores(long seed) {
        throw new UnsupportedOperationException(reason);
    }
}
