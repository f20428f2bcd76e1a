package io.nanogpt.impl.generate;

import java.util.BitSet;
import java.util.function.Predicate;

/** Forbids every id that would complete a text, however it is tokenized. */
final class ForbiddenText implements Rules.Rule {
    private final String forbidden;
    private final int vocabularySize;
    /** Ids whose token contains the whole text. */
    private final BitSet whole = new BitSet();

    ForbiddenText(String forbidden, TokenTexts texts) {
        this.forbidden = forbidden;
        vocabularySize = texts.vocabularySize();
        for (int id = 0; id < vocabularySize; id++) {
            whole.set(id, texts.of(id).contains(forbidden));
        }
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        for (int id = whole.nextSetBit(0); id >= 0; id = whole.nextSetBit(id + 1)) {
            logits[id] = Float.NEGATIVE_INFINITY;
        }
        String text = continuation.text().toString();
        for (int begun = Math.min(forbidden.length() - 1, text.length()); begun > 0; begun--) {
            if (text.endsWith(forbidden.substring(0, begun))) {
                String rest = forbidden.substring(begun);
                forbid(piece -> piece.startsWith(rest), continuation, logits);
            }
        }
        if (continuation.withinCharacter()) {
            // The next id also adds the pending character.
            forbid(piece -> piece.contains(forbidden), continuation, logits);
        }
    }

    private void forbid(Predicate<String> completes, Continuation continuation, float[] logits) {
        for (int id = 0; id < vocabularySize; id++) {
            if (logits[id] != Float.NEGATIVE_INFINITY && completes.test(continuation.piece(id))) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
