package io.nanogpt.impl.generate;

import io.nanogpt.impl.regex.PatternPrefixes;
import io.nanogpt.impl.regex.PatternPrefixes.Prefix;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** A pattern as an automaton, which goes on from the last token. The ids allowed in a state are found once. */
final class AutomatonConstraint extends PatternConstraint {
    /** States whose ids are kept: as bits, 4 MB for a vocabulary of 128,000. */
    private static final int MOST_STATES = 256;

    private final PatternPrefixes prefixes;
    private final TokenTexts texts;
    private final Map<Prefix, BitSet> allowed = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Prefix, BitSet> eldest) {
            return size() > MOST_STATES;
        }
    };

    AutomatonConstraint(PatternPrefixes prefixes, TokenTexts texts) {
        this.prefixes = prefixes;
        this.texts = texts;
    }

    @Override
    boolean isMatch(Continuation continuation) {
        return prefixes.isMatch(continuation.prefix(prefixes));
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        Prefix prefix = continuation.prefix(prefixes);
        // After a part of a character, which only a prompt can end with, ids have other texts than usual.
        BitSet ids = continuation.withinCharacter()
                ? allowedWithinCharacter(continuation, prefix)
                : allowed.computeIfAbsent(prefix, this::allowedAfter);
        int vocabulary = texts.vocabularySize();
        for (int id = ids.nextClearBit(0); id < vocabulary; id = ids.nextClearBit(id + 1)) {
            logits[id] = Float.NEGATIVE_INFINITY;
        }
    }

    private BitSet allowedWithinCharacter(Continuation continuation, Prefix prefix) {
        BitSet ids = new BitSet();
        for (int id = 0; id < texts.vocabularySize(); id++) {
            String piece = continuation.piece(id);
            ids.set(
                    id,
                    !piece.isEmpty()
                            && !TokenTexts.endsWithinCharacter(piece)
                            && prefixes.add(prefix, piece).isPossible());
        }
        return ids;
    }

    /** Goes over the texts in alphabetical order, in which those that begin alike are neighbours. */
    private BitSet allowedAfter(Prefix prefix) {
        SortedTexts sorted = texts.sorted();
        BitSet ids = new BitSet();
        Prefix[] after = new Prefix[sorted.longest() + 1];
        after[0] = prefix;
        int possible = Integer.MAX_VALUE;
        for (int index = 0; index < sorted.size(); index++) {
            int at = sorted.common(index);
            if (at >= possible) {
                continue;
            }
            possible = Integer.MAX_VALUE;
            String text = sorted.text(index);
            while (at < text.length() && possible == Integer.MAX_VALUE) {
                int codePoint = text.codePointAt(at);
                Prefix next = prefixes.add(after[at], codePoint);
                at += Character.charCount(codePoint);
                after[at] = next;
                possible = next.isPossible() ? possible : at;
            }
            ids.set(sorted.id(index), possible == Integer.MAX_VALUE);
        }
        return ids;
    }
}
