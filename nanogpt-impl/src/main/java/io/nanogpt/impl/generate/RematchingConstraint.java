package io.nanogpt.impl.generate;

import io.nanogpt.impl.regex.BudgetedPrefixes;
import java.util.BitSet;
import java.util.regex.Pattern;

/** A pattern that no automaton can express, such as one with back references: each id is tried with the whole text. */
final class RematchingConstraint extends PatternConstraint {
    private final BudgetedPrefixes prefixes;
    private final int vocabularySize;
    /** First characters tried in this step, and those of them that are allowed. */
    private final BitSet tried = new BitSet();

    private final BitSet possible = new BitSet();

    RematchingConstraint(Pattern pattern, int vocabularySize) {
        prefixes = new BudgetedPrefixes(pattern);
        this.vocabularySize = vocabularySize;
    }

    @Override
    boolean isMatch(Continuation continuation) {
        prefixes.begin(continuation.text().length(), 1);
        return prefixes.isMatch(continuation.text());
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        tried.clear();
        possible.clear();
        StringBuilder text = new StringBuilder(continuation.text());
        prefixes.begin(text.length(), vocabularySize);
        for (int id = 0; id < vocabularySize; id++) {
            if (logits[id] != Float.NEGATIVE_INFINITY && !canFollow(continuation.piece(id), text)) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private boolean canFollow(String piece, StringBuilder text) {
        if (piece.isEmpty() || TokenTexts.endsWithinCharacter(piece)) {
            return false;
        }
        // Most ids of a large vocabulary fail at their first character, which many of them share.
        int first = piece.codePointAt(0);
        if (!tried.get(first)) {
            tried.set(first);
            possible.set(first, isBeginning(Character.toString(first), text));
        }
        return possible.get(first) && (piece.length() == Character.charCount(first) || isBeginning(piece, text));
    }

    private boolean isBeginning(String piece, StringBuilder text) {
        int length = text.length();
        text.append(piece);
        boolean beginning = prefixes.isPrefix(text);
        text.setLength(length);
        return beginning;
    }
}
