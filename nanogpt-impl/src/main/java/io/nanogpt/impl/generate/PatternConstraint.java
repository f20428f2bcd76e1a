package io.nanogpt.impl.generate;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Allows only ids after which the text is still a prefix of a match. An id that ends within a character is not allowed,
 * since that character is not known yet.
 */
final class PatternConstraint implements Rules.Rule {
    private final Pattern pattern;
    private final int vocabularySize;
    /** First characters tried in this step, and those of them that are allowed. */
    private final BitSet tried = new BitSet();

    private final BitSet possible = new BitSet();

    PatternConstraint(Pattern pattern, int vocabularySize) {
        this.pattern = pattern;
        this.vocabularySize = vocabularySize;
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        tried.clear();
        possible.clear();
        StringBuilder text = new StringBuilder(continuation.text());
        Matcher matcher = pattern.matcher(text);
        for (int id = 0; id < vocabularySize; id++) {
            if (logits[id] != Float.NEGATIVE_INFINITY && !canFollow(continuation.piece(id), text, matcher)) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Whether a piece can follow. One without text cannot: it makes no progress towards a match. */
    private boolean canFollow(String piece, StringBuilder text, Matcher matcher) {
        if (piece.isEmpty() || TokenTexts.endsWithinCharacter(piece)) {
            return false;
        }
        // Most ids of a large vocabulary fail at their first character, which many of them share.
        char first = piece.charAt(0);
        if (!tried.get(first)) {
            tried.set(first);
            possible.set(first, isBeginning(String.valueOf(first), text, matcher));
        }
        return possible.get(first) && (piece.length() == 1 || isBeginning(piece, text, matcher));
    }

    private static boolean isBeginning(String piece, StringBuilder text, Matcher matcher) {
        int length = text.length();
        text.append(piece);
        matcher.reset();
        // At the end of the text without a match: more text may make it one.
        boolean beginning = matcher.matches() || matcher.hitEnd();
        text.setLength(length);
        return beginning;
    }
}
