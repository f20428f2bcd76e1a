package io.nanogpt.impl.generate;

import java.util.BitSet;

/** Divides positive logits of ids that were there before, and multiplies negative ones (Keskar et al. 2019). */
final class RepetitionPenalty implements Rules.Rule {
    private final float penalty;
    private final BitSet seen = new BitSet();

    RepetitionPenalty(float penalty) {
        this.penalty = penalty;
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        seen.clear();
        for (int index = 0; index < continuation.size(); index++) {
            int id = continuation.id(index);
            if (!seen.get(id)) {
                seen.set(id);
                logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
            }
        }
    }
}
