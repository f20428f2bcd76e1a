package io.nanogpt.impl.tokenizer.pretokenize;

import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.CASELESS;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.LOWER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.MARK;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NEWLINE;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NUMBER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.UPPER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isLetter;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isSpace;

/** A hand-written scanner of {@link io.nanogpt.tokenizer.SplitPattern#O200K}. */
final class O200kSplitter extends Scanner {
    private static final int MOST_DIGITS = 3;

    @Override
    public Splitter another() {
        return new O200kSplitter();
    }

    // The same loop is in every scanner, so that each is compiled by itself.
    @Override
    public int next(int[] ends) {
        byte[] bytes = text;
        int at = position;
        int count = 0;
        while (at < end && count < ends.length) {
            int start = bytes[at] == ' ' ? at + 1 : at;
            int to = afterAsciiLetters(bytes, start);
            at = to > start && to < end && bytes[to] >= 0 && bytes[to] != '\'' && isPlain(bytes, start, to)
                    ? to
                    : pieceEnd(at);
            ends[count++] = at;
        }
        position = at;
        return count;
    }

    @Override
    int pieceEnd(int at) {
        int first = classAt(at);
        if (isLetter(first)) {
            return afterContraction(afterWord(at), true);
        }
        if (first == NUMBER) {
            return afterNumbers(at, MOST_DIGITS);
        }
        int second = after(at);
        int secondClass = classOrEnd(second);
        if (first != NEWLINE && (isLetter(secondClass) || secondClass == MARK)) {
            int word = afterCasedWord(second);
            // A mark can be the word itself if none follows it.
            int wordOrMark = word > second ? word : first == MARK ? second : afterUppers(second);
            return afterContraction(wordOrMark, true);
        }
        if (first == MARK) {
            return afterContraction(second, true);
        }
        if (!isSpace(first) || (text[at] == ' ' && isOther(secondClass))) {
            return afterNewlines(afterOthers(isSpace(first) ? second : at), true);
        }
        int spaces = afterSpaces(at);
        int lines = afterLastNewline(at, spaces);
        return lines > at ? lines : spacesBeforeWord(at, spaces);
    }

    /** Whether only the first of some ASCII letters may be a capital. */
    private static boolean isPlain(byte[] bytes, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (bytes[i] < 'a') {
                return false;
            }
        }
        return true;
    }

    /** After letters that begin at a place. */
    private int afterWord(int at) {
        int word = afterCasedWord(at);
        return word > at ? word : afterUppers(at);
    }

    /**
     * After capitals, then small letters, of which there must be one; letters without case and marks count as either.
     * Where no small letter follows the capitals, the last of them that counts as either is the end.
     */
    private int afterCasedWord(int at) {
        int to = at;
        int lastEither = at;
        while (to < end) {
            int characterClass = classAt(to);
            if (!isEither(characterClass) && characterClass != UPPER) {
                break;
            }
            to = after(to);
            if (characterClass != UPPER) {
                lastEither = to;
            }
        }
        int capitals = to;
        while (to < end && (isEither(classAt(to)) || classAt(to) == LOWER)) {
            to = after(to);
        }
        return to > capitals ? to : lastEither;
    }

    private int afterUppers(int at) {
        int to = at;
        while (to < end && classAt(to) == UPPER) {
            to = after(to);
        }
        return to;
    }

    private static boolean isEither(int characterClass) {
        return characterClass == CASELESS || characterClass == MARK;
    }
}
