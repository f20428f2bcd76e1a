package io.nanogpt.impl.inspect;

import io.nanogpt.generate.Token;
import io.nanogpt.inspect.Candidate;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The texts of the ids of a model, which may have more than its tokenizer. */
final class Vocabulary {
    private final Tokenizer tokenizer;

    Vocabulary(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The text of an id; empty for one that the tokenizer does not have. */
    String text(int id) {
        return id < tokenizer.vocabularySize() ? tokenizer.decode(id) : "";
    }

    List<Token> tokens(int[] ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> new Token(id, text(id), Optional.empty()))
                .toList();
    }

    /** The most likely ids, in descending order. */
    List<Candidate> candidates(float[] logits, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("the number of candidates must be at least 1, but is " + count);
        }
        double logSum = Softmax.logSum(logits);
        List<Candidate> candidates = new ArrayList<>();
        for (int id : Ranking.largest(logits, count)) {
            candidates.add(new Candidate(id, text(id), StrictMath.exp(logits[id] - logSum)));
        }
        return List.copyOf(candidates);
    }
}
