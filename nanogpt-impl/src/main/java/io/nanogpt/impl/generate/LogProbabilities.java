package io.nanogpt.impl.generate;

import io.nanogpt.generate.Token.Scores;
import java.util.ArrayList;
import java.util.List;

/** The logarithm of a softmax, in double precision. */
final class LogProbabilities {
    private final double[] values;

    LogProbabilities(float[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += StrictMath.exp(logit - largest);
        }
        double normaliser = largest + StrictMath.log(sum);
        values = new double[logits.length];
        for (int id = 0; id < logits.length; id++) {
            values[id] = logits[id] - normaliser;
        }
    }

    double of(int id) {
        return values[id];
    }

    void copyTo(float[] destination) {
        for (int id = 0; id < values.length; id++) {
            destination[id] = (float) values[id];
        }
    }

    Scores scores(int id, int best, TokenTexts texts) {
        RankedIds ranked = new RankedIds(values);
        List<Scores.Alternative> alternatives = new ArrayList<>();
        while (alternatives.size() < best && !ranked.isEmpty()) {
            int next = ranked.next();
            alternatives.add(new Scores.Alternative(next, texts.of(next), values[next]));
        }
        return new Scores(values[id], alternatives);
    }
}
