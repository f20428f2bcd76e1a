package io.nanogpt.impl.generate;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.jsonschema.AllowedTokens;
import java.util.BitSet;

/** Allows only ids after which the text is the beginning of a JSON value that can be complete in time. */
final class JsonConstraint implements Rules.Rule {
    private final AllowedTokens allowed;
    private final int maxTokens;
    private final int vocabularySize;

    /**
     * Creates a constraint.
     *
     * @param maxTokens tokens of a continuation
     * @throws IllegalArgumentException if they may not suffice for the shortest value
     */
    JsonConstraint(AllowedTokens allowed, int maxTokens, int vocabularySize) {
        this.allowed = allowed;
        this.maxTokens = maxTokens;
        this.vocabularySize = vocabularySize;
        if (allowed.fewestTokens() > maxTokens) {
            throw new IllegalArgumentException("the shortest value of the JSON schema takes up to "
                    + allowed.fewestTokens() + " tokens, but maxTokens is " + maxTokens
                    + "; generate more tokens, or give a schema with less that is required");
        }
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        if (continuation.generated() == 0 && continuation.withinCharacter()) {
            throw new IllegalArgumentException(
                    "the prompt ends within a character, so that no JSON value can follow; end it with a whole one");
        }
        int left = maxTokens - continuation.generated();
        BitSet ids = allowed.after(continuation.position(allowed), left);
        for (int id = ids.nextClearBit(0); id < vocabularySize; id = ids.nextClearBit(id + 1)) {
            logits[id] = Float.NEGATIVE_INFINITY;
        }
    }

    /** Requires that no token of the value is missing. */
    void requireComplete(Continuation continuation) {
        if (!continuation.position(allowed).isComplete()) {
            throw new NanogptException("no token can follow \"" + continuation.text()
                    + "\" within the JSON schema; another rule, such as a forbidden text or a penalty, forbids those that"
                    + " the schema allows");
        }
    }
}
