package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Cuts a text into pieces, to which a model gives ids one by one. */
public sealed interface PreTokenizer {
    /** Cuts a piece that is not empty, and hands the parts on in order; none of them is empty. */
    void cut(Piece piece, Consumer<Piece> out);

    /** One after the other; none leaves the text whole. */
    record Sequence(List<PreTokenizer> steps) implements PreTokenizer {
        public Sequence {
            steps = List.copyOf(steps);
        }

        @Override
        public void cut(Piece piece, Consumer<Piece> out) {
            cut(piece, 0, out);
        }

        private void cut(Piece piece, int step, Consumer<Piece> out) {
            if (step == steps.size()) {
                out.accept(piece);
            } else {
                steps.get(step).cut(piece, part -> cut(part, step + 1, out));
            }
        }
    }

    /** Cuts at the matches of a pattern. */
    record Split(TextPattern pattern, Delimiters delimiters, boolean invert) implements PreTokenizer {
        @Override
        public void cut(Piece piece, Consumer<Piece> out) {
            delimiters.cut(piece, pattern.find(piece.text()), invert, out);
        }
    }

    /** Cuts at characters of a kind, each by itself. */
    record Characters(IntPredicate kind, Delimiters delimiters) implements PreTokenizer {
        @Override
        public void cut(Piece piece, Consumer<Piece> out) {
            String text = piece.text();
            Spans found = new Spans();
            for (int at = 0; at < text.length(); ) {
                int codePoint = text.codePointAt(at);
                int end = at + Character.charCount(codePoint);
                if (kind.test(codePoint)) {
                    found.add(at, end);
                }
                at = end;
            }
            delimiters.cut(piece, found, false, out);
        }
    }

    /** Cuts at numbers of any script. */
    static PreTokenizer numbers(Delimiters delimiters) {
        return new Characters(CharacterKinds::isNumber, delimiters);
    }

    /** Cuts at white space. */
    static PreTokenizer spaces(Delimiters delimiters) {
        return new Characters(CharacterKinds::isSpace, delimiters);
    }

    /** Cuts at punctuation. */
    static PreTokenizer punctuation(Delimiters delimiters) {
        return new Characters(CharacterKinds::isPunctuation, delimiters);
    }

    /** Keeps words, and other characters between white space. */
    record Words() implements PreTokenizer {
        @Override
        public void cut(Piece piece, Consumer<Piece> out) {
            String text = piece.text();
            int start = 0;
            int kind = 0;
            for (int at = 0; at < text.length(); ) {
                int codePoint = text.codePointAt(at);
                int next = CharacterKinds.isWord(codePoint) ? 1 : CharacterKinds.isSpace(codePoint) ? 0 : 2;
                if (next != kind) {
                    give(piece, start, at, kind, out);
                    start = at;
                    kind = next;
                }
                at += Character.charCount(codePoint);
            }
            give(piece, start, text.length(), kind, out);
        }

        private static void give(Piece piece, int from, int to, int kind, Consumer<Piece> out) {
            if (kind != 0 && to > from) {
                out.accept(piece.part(from, to));
            }
        }
    }

    /**
     * The bytes of UTF-8 as characters of GPT-2's alphabet.
     *
     * @param pattern cuts before
     */
    record ByteLevel(boolean addPrefixSpace, PreTokenizer pattern) implements PreTokenizer {
        @Override
        public void cut(Piece piece, Consumer<Piece> out) {
            boolean prefix = addPrefixSpace && !piece.text().startsWith(" ");
            pattern.cut(
                    prefix ? piece.with(" " + piece.text()) : piece,
                    part -> out.accept(part.with(ByteAlphabet.ofUtf8(part.text()))));
        }
    }

    /** Replaces spaces by a visible character, and cuts before it. */
    record Metaspace(String replacement, Prepending prepending, boolean split) implements PreTokenizer {
        /** Where the character is put before a text that does not begin with it. */
        public enum Prepending {
            ALWAYS,
            FIRST,
            NEVER
        }

        @Override
        public void cut(Piece piece, Consumer<Piece> out) {
            String text = piece.text().replace(" ", replacement);
            boolean prepends = prepending == Prepending.ALWAYS || (prepending == Prepending.FIRST && piece.first());
            Piece changed = piece.with(prepends && !text.startsWith(replacement) ? replacement + text : text);
            if (split) {
                Spans found = new TextPattern.Literal(replacement).find(changed.text());
                Delimiters.MERGED_WITH_NEXT.cut(changed, found, false, out);
            } else {
                out.accept(changed);
            }
        }
    }
}
