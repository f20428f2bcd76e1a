package io.nanogpt.impl.inspect;

import io.nanogpt.generate.Token;
import io.nanogpt.inspect.Candidate;
import io.nanogpt.inspect.Inspection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of an inspection that follows from the tokens and their logits. */
abstract class TextInspection implements Inspection {
    private final int[] ids;
    private final ContextEnd text;
    private final Vocabulary vocabulary;
    private final List<Token> tokens;
    private float @Nullable [][] logits;

    TextInspection(ContextEnd text, Vocabulary vocabulary) {
        this.text = text;
        ids = text.ids();
        this.vocabulary = vocabulary;
        tokens = vocabulary.tokens(ids);
    }

    /** Computes the logits after each token. */
    abstract float[][] computeLogits();

    final ContextEnd text() {
        return text;
    }

    final int[] ids() {
        return ids;
    }

    final Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Keeps logits that another computation gave too. */
    final synchronized void keep(float[][] computed) {
        logits = computed;
    }

    @Override
    public final List<Token> tokens() {
        return tokens;
    }

    @Override
    public final int skipped() {
        return text.skipped();
    }

    @Override
    public final synchronized float[][] logits() {
        float[][] known = logits;
        if (known == null) {
            known = computeLogits();
            logits = known;
        }
        return known;
    }

    @Override
    public final List<Candidate> candidates(int position, int count) {
        if (position < 0 || position >= ids.length) {
            throw new IllegalArgumentException(
                    "no token at position " + position + "; positions run from 0 to " + (ids.length - 1));
        }
        return vocabulary.candidates(logits()[position], count);
    }

    @Override
    public final float[] losses() {
        float[][] rows = logits();
        float[] losses = new float[ids.length];
        losses[0] = Float.NaN;
        for (int t = 1; t < ids.length; t++) {
            losses[t] = (float) (Softmax.logSum(rows[t - 1]) - rows[t - 1][ids[t]]);
        }
        return losses;
    }

    @Override
    public final double meanLoss() {
        double sum = 0;
        float[] losses = losses();
        for (int t = 1; t < losses.length; t++) {
            sum += losses[t];
        }
        return sum / (losses.length - 1);
    }
}
