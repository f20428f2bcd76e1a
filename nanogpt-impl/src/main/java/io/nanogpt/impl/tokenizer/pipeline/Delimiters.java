package io.nanogpt.impl.tokenizer.pipeline;

import java.util.BitSet;
import java.util.function.Consumer;

/** What becomes of the matches at which a text is cut. */
public enum Delimiters {
    /** They are left out. */
    REMOVED,
    /** Each is a piece. */
    ISOLATED,
    /** Matches side by side are one piece. */
    CONTIGUOUS,
    /** They belong to the piece before. */
    MERGED_WITH_PREVIOUS,
    /** They belong to the piece after. */
    MERGED_WITH_NEXT;

    /**
     * Cuts a piece.
     *
     * @param invert whether what lies between the matches counts as the match
     */
    void cut(Piece piece, Spans found, boolean invert, Consumer<Piece> out) {
        new Cut(this, piece, found, invert).run(out);
    }

    /** One cut: the text as matches and what lies between them, in order. */
    private static final class Cut {
        private final Delimiters delimiters;
        private final Piece piece;
        private final Spans parts = new Spans();
        /** The indices of parts that are matches. */
        private final BitSet matches = new BitSet();

        Cut(Delimiters delimiters, Piece piece, Spans found, boolean invert) {
            this.delimiters = delimiters;
            this.piece = piece;
            int at = 0;
            for (int i = 0; i < found.count(); i++) {
                if (found.start(i) > at) {
                    add(at, found.start(i), invert);
                }
                add(found.start(i), found.end(i), !invert);
                at = found.end(i);
            }
            if (at < piece.text().length()) {
                add(at, piece.text().length(), invert);
            }
        }

        private void add(int from, int to, boolean match) {
            matches.set(parts.count(), match);
            parts.add(from, to);
        }

        void run(Consumer<Piece> out) {
            int start = 0;
            for (int i = 0; i < parts.count(); i++) {
                boolean removed = delimiters == REMOVED && matches.get(i);
                boolean last = i + 1 == parts.count();
                if (last || endsAfter(i)) {
                    int from = parts.start(start);
                    int to = parts.end(i);
                    if (to > from && !removed) {
                        out.accept(piece.part(from, to));
                    }
                    start = i + 1;
                }
            }
        }

        /** Whether a piece ends after a part, and another part follows. */
        private boolean endsAfter(int part) {
            boolean match = matches.get(part);
            boolean next = matches.get(part + 1);
            return switch (delimiters) {
                case REMOVED, ISOLATED -> true;
                case CONTIGUOUS -> match != next;
                case MERGED_WITH_PREVIOUS -> match || !next;
                case MERGED_WITH_NEXT -> !match || next;
            };
        }
    }
}
