package io.nanogpt.impl.tokenizer.pretokenize;

import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NUMBER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.OTHER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isLetter;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isSpace;

/** The base of hand-written scanners: their place in the text, runs of characters, and safe cuts. */
abstract class Scanner extends Splitter {
    private static final byte[] ASCII = CharacterClasses.ascii();

    /** U+017F, which equals s if case is ignored. */
    private static final int LONG_S = 0x17F;

    byte[] text = {};
    int position;
    int end;

    @Override
    public final void begin(byte[] bytes, int from, int to) {
        text = bytes;
        position = from;
        end = to;
    }

    /** The end of the pre-token that begins at a place before the end of the text. */
    abstract int pieceEnd(int at);

    /** After the ASCII letters from a place on, eight tested at once; may be beyond the end. */
    static int afterAsciiLetters(byte[] text, int from) {
        int to = from;
        while (to <= text.length - Long.BYTES) {
            int letters = Long.numberOfTrailingZeros(otherThanLetters((long) Utf8.LONG.get(text, to))) / Byte.SIZE;
            to += letters;
            if (letters < Long.BYTES) {
                return to;
            }
        }
        while (to < text.length && text[to] >= 0 && isLetter(ASCII[text[to]])) {
            to++;
        }
        return to;
    }

    /** The highest bit of every byte that is no ASCII letter. */
    private static long otherThanLetters(long bytes) {
        long small = (bytes & 0x7F7F7F7F7F7F7F7FL) | 0x2020202020202020L;
        long fromA = small + 0x1F1F1F1F1F1F1F1FL;
        long afterZ = small + 0x0505050505050505L;
        return (~fromA | afterZ | bytes) & 0x8080808080808080L;
    }

    /** The class of the character at a place before the end. */
    final int classAt(int at) {
        byte first = text[at];
        return first >= 0 ? ASCII[first] : CharacterClasses.of(Utf8.codePoint(text, at));
    }

    /** The class of the character at a place, or -1 at the end. */
    final int classOrEnd(int at) {
        return at < end ? classAt(at) : -1;
    }

    final int after(int at) {
        return at + Utf8.length(text[at]);
    }

    final int afterLetters(int at) {
        int to = at;
        while (to < end && isLetter(classAt(to))) {
            to = after(to);
        }
        return to;
    }

    final int afterNumbers(int at, int most) {
        int to = at;
        for (int i = 0; i < most && to < end && classAt(to) == NUMBER; i++) {
            to = after(to);
        }
        return to;
    }

    /** After characters that are neither white space, letters nor numbers. */
    final int afterOthers(int at) {
        int to = at;
        while (to < end && isOther(classAt(to))) {
            to = after(to);
        }
        return to;
    }

    static boolean isOther(int characterClass) {
        return characterClass == OTHER || characterClass == CharacterClasses.MARK;
    }

    final int afterNewlines(int at, boolean slashes) {
        int to = at;
        while (to < end && (text[to] == '\n' || text[to] == '\r' || (slashes && text[to] == '/'))) {
            to++;
        }
        return to;
    }

    final int afterSpaces(int at) {
        int to = at;
        while (to < end && isSpace(classAt(to))) {
            to = after(to);
        }
        return to;
    }

    /** Like {@code \s+(?!\S)|\s+}: the last character of a run of white space belongs to what follows. */
    final int spacesBeforeWord(int at, int afterSpaces) {
        if (afterSpaces == end) {
            return end;
        }
        int last = Utf8.before(text, afterSpaces);
        return last > at ? last : afterSpaces;
    }

    /** After the last line break of a run of white space, or its beginning where it has none. */
    final int afterLastNewline(int at, int afterSpaces) {
        int to = afterSpaces;
        while (to > at && text[to - 1] != '\n' && text[to - 1] != '\r') {
            to--;
        }
        return to;
    }

    /** After an apostrophe and s, d, m, t, ll, ve or re; {@code at} where something else follows. */
    final int afterContraction(int at, boolean anyCase) {
        if (at + 1 >= end || text[at] != '\'') {
            return at;
        }
        int first = text[at + 1] | (anyCase ? 0x20 : 0);
        if (first == 's' || first == 'd' || first == 'm' || first == 't') {
            return at + 2;
        }
        if (at + 2 >= end) {
            return at;
        }
        int second = text[at + 2] | (anyCase ? 0x20 : 0);
        if ((first == 'l' && second == 'l') || ((first == 'v' || first == 'r') && second == 'e')) {
            return at + 3;
        }
        return anyCase && text[at + 1] < 0 && Utf8.codePoint(text, at + 1) == LONG_S ? at + 3 : at;
    }

    /**
     * Every pattern begins a pre-token at a space after a character that is none, and after a single line feed that is
     * followed by neither white space nor, for o200k, a slash.
     */
    @Override
    public final int safeCut(byte[] bytes, int from, int to) {
        for (int at = to - 1; at > from + 1; at--) {
            byte before = bytes[at - 1];
            boolean atSpace = bytes[at] == ' ' && before >= 0 && !isSpace(ASCII[before]);
            if (atSpace || (before == '\n' && isSafeAfterLine(bytes, from, at))) {
                return at;
            }
        }
        return NO_CUT;
    }

    private static boolean isSafeAfterLine(byte[] bytes, int from, int at) {
        // A character beyond ASCII may be white space; only a complete one can be tested.
        byte next = bytes[at];
        if ((next < 0 && (next & 0xF0) != 0xE0) || next == '/' || (next >= 0 && isSpace(ASCII[next]))) {
            return false;
        }
        int previous = Utf8.before(bytes, at - 1);
        return previous >= from && !isSpace(classOf(bytes, previous)) && !(next < 0 && isSpace(classOf(bytes, at)));
    }

    private static int classOf(byte[] bytes, int at) {
        return bytes[at] >= 0 ? ASCII[bytes[at]] : CharacterClasses.of(Utf8.codePoint(bytes, at));
    }
}
