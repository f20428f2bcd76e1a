package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes the text between added tokens before it is cut. */
public sealed interface Normalizer {
    /** Changes a text that is not empty. */
    Piece normalize(Piece piece);

    /** The text that becomes of another one. */
    default String normalize(String text) {
        return text.isEmpty() ? text : normalize(new Piece(text, true)).text();
    }

    /** One after the other. */
    record Sequence(List<Normalizer> steps) implements Normalizer {
        @Override
        public Piece normalize(Piece piece) {
            Piece changed = piece;
            for (Normalizer step : steps) {
                changed = changed.text().isEmpty() ? changed : step.normalize(changed);
            }
            return changed;
        }
    }

    /** A normalization form of Unicode. */
    record Unicode(Form form) implements Normalizer {
        @Override
        public Piece normalize(Piece piece) {
            return piece.with(UnicodeVersions.normalize(piece.text(), form));
        }
    }

    /** Lower case, each character by itself. */
    record Lowercase() implements Normalizer {
        private static final int DOTTED_I = 0x130;

        @Override
        public Piece normalize(Piece piece) {
            StringBuilder lower = new StringBuilder(piece.text().length());
            piece.text().codePoints().forEach(codePoint -> {
                if (codePoint == DOTTED_I) {
                    lower.append("i\u0307");
                } else {
                    lower.appendCodePoint(UnicodeVersions.lowercase(codePoint));
                }
            });
            return piece.with(lower.toString());
        }
    }

    /** Takes white space from the ends. */
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public Piece normalize(Piece piece) {
            String text = piece.text();
            int from = 0;
            int to = text.length();
            while (left && from < to && CharacterKinds.isSpace(text.charAt(from))) {
                from++;
            }
            while (right && to > from && CharacterKinds.isSpace(text.charAt(to - 1))) {
                to--;
            }
            return piece.part(from, to);
        }
    }

    /** Takes marks out, which are characters of their own in decomposed text. */
    record StripAccents() implements Normalizer {
        @Override
        public Piece normalize(Piece piece) {
            return without(piece, CharacterKinds::isMark);
        }
    }

    /** Replaces what a pattern matches. */
    record Replace(TextPattern pattern, String content) implements Normalizer {
        @Override
        public Piece normalize(Piece piece) {
            String text = piece.text();
            Spans found = pattern.find(text);
            if (found.count() == 0) {
                return piece;
            }
            boolean cutsBegin = content.isEmpty() && found.start(0) == 0 && found.end(0) > 0;
            return new Piece(replaced(text, found, content), piece.first() && !cutsBegin);
        }
    }

    /** Puts a text before. */
    record Prepend(String content) implements Normalizer {
        @Override
        public Piece normalize(Piece piece) {
            return piece.with(content + piece.text());
        }
    }

    /**
     * Replaces by SentencePiece's table: a character with its marks if that is short and has a replacement, otherwise each
     * of its code points.
     */
    record Precompiled(CharsMap table) implements Normalizer {
        private static final Pattern GRAPHEME = Pattern.compile("\\X");
        /** Length in bytes of UTF-8. */
        private static final int LONGEST_GRAPHEME = 5;

        @Override
        public Piece normalize(Piece piece) {
            String text = piece.text();
            StringBuilder replaced = new StringBuilder(text.length());
            Matcher graphemes = GRAPHEME.matcher(text);
            while (graphemes.find()) {
                append(graphemes.group(), replaced);
            }
            return piece.with(replaced.toString());
        }

        private void append(String grapheme, StringBuilder replaced) {
            if (grapheme.length() <= LONGEST_GRAPHEME
                    && grapheme.getBytes(StandardCharsets.UTF_8).length <= LONGEST_GRAPHEME) {
                Optional<String> whole = table.replacement(grapheme);
                if (whole.isPresent()) {
                    replaced.append(whole.get());
                    return;
                }
            }
            grapheme.codePoints()
                    .mapToObj(Character::toString)
                    .forEach(character ->
                            replaced.append(table.replacement(character).orElse(character)));
        }
    }

    /** The bytes of UTF-8 as characters of GPT-2's alphabet. */
    record ByteLevel() implements Normalizer {
        @Override
        public Piece normalize(Piece piece) {
            return piece.with(ByteAlphabet.ofUtf8(piece.text()));
        }
    }

    /**
     * The steps of BERT.
     *
     * @param clean whether to take controls out, and to make white space spaces
     * @param spaceChinese whether to put spaces around Chinese characters
     */
    record Bert(boolean clean, boolean spaceChinese, boolean stripAccents, boolean lowercase) implements Normalizer {
        private static final int[][] CHINESE = {
            {0x3400, 0x4DBF},
            {0x4E00, 0x9FFF},
            {0xF900, 0xFAFF},
            {0x20000, 0x2A6DF},
            {0x2A700, 0x2B73F},
            {0x2B740, 0x2B81F},
            {0x2B920, 0x2CEAF},
            {0x2F800, 0x2FA1F}
        };

        @Override
        public Piece normalize(Piece piece) {
            Piece changed = clean ? cleaned(piece) : piece;
            if (spaceChinese) {
                changed = changed.with(spaced(changed.text()));
            }
            if (stripAccents) {
                Piece decomposed = changed.with(UnicodeVersions.normalize(changed.text(), Form.NFD));
                changed = without(decomposed, CharacterKinds::isNonspacingMark);
            }
            return lowercase ? new Lowercase().normalize(changed) : changed;
        }

        private static Piece cleaned(Piece piece) {
            Piece kept = without(
                    piece,
                    codePoint -> codePoint == 0
                            || codePoint == 0xFFFD
                            || (CharacterKinds.isControl(codePoint) && "\t\n\r".indexOf(codePoint) < 0));
            StringBuilder text = new StringBuilder(kept.text().length());
            kept.text()
                    .codePoints()
                    .forEach(codePoint -> text.appendCodePoint(CharacterKinds.isSpace(codePoint) ? ' ' : codePoint));
            return kept.with(text.toString());
        }

        private static String spaced(String text) {
            StringBuilder spaced = new StringBuilder(text.length());
            text.codePoints().forEach(codePoint -> {
                boolean chinese = isChinese(codePoint);
                spaced.append(chinese ? " " : "").appendCodePoint(codePoint).append(chinese ? " " : "");
            });
            return spaced.toString();
        }

        private static boolean isChinese(int codePoint) {
            for (int[] range : CHINESE) {
                if (codePoint >= range[0] && codePoint <= range[1]) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Piece without(Piece piece, IntPredicate removed) {
        String text = piece.text();
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(removed.negate()).forEach(kept::appendCodePoint);
        return new Piece(kept.toString(), piece.first() && !removed.test(text.codePointAt(0)));
    }

    /** A text with its matches replaced. */
    static String replaced(String text, Spans found, String content) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        for (int i = 0; i < found.count(); i++) {
            out.append(text, at, found.start(i)).append(content);
            at = found.end(i);
        }
        return out.append(text, at, text.length()).toString();
    }
}
