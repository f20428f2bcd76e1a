package io.nanogpt.impl.generate;

import java.util.BitSet;

/** Lowers the logits of ids of the continuation: by the frequency penalty each time, by the presence penalty once. */
final class CountPenalties implements Rules.Rule {
    private final float frequency;
    private final float presence;
    private final BitSet seen = new BitSet();

    CountPenalties(float frequency, float presence) {
        this.frequency = frequency;
        this.presence = presence;
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        seen.clear();
        for (int index = continuation.promptSize(); index < continuation.size(); index++) {
            int id = continuation.id(index);
            logits[id] -= frequency;
            if (!seen.get(id)) {
                seen.set(id);
                logits[id] -= presence;
            }
        }
    }
}
