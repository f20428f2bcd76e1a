package io.nanogpt.impl.tokenizer.pretokenize;

import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NEWLINE;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NUMBER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isLetter;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isSpace;

/** A hand-written scanner of {@link io.nanogpt.tokenizer.SplitPattern#CL100K}, and its relatives. */
final class Cl100kSplitter extends Scanner {
    private final int mostDigits;
    private final boolean endIsOnePretoken;

    /**
     * Creates a scanner.
     *
     * @param mostDigits of a number that are one pre-token
     * @param endIsOnePretoken whether white space at the end of the text is one pre-token even with line breaks
     */
    Cl100kSplitter(int mostDigits, boolean endIsOnePretoken) {
        this.mostDigits = mostDigits;
        this.endIsOnePretoken = endIsOnePretoken;
    }

    @Override
    public Splitter another() {
        return new Cl100kSplitter(mostDigits, endIsOnePretoken);
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
            at = to > start && to < end && bytes[to] >= 0 ? to : pieceEnd(at);
            ends[count++] = at;
        }
        position = at;
        return count;
    }

    @Override
    int pieceEnd(int at) {
        int contraction = afterContraction(at, true);
        if (contraction > at) {
            return contraction;
        }
        int first = classAt(at);
        if (isLetter(first)) {
            return afterLetters(at);
        }
        if (first == NUMBER) {
            return afterNumbers(at, mostDigits);
        }
        int second = after(at);
        int secondClass = classOrEnd(second);
        if (first != NEWLINE && isLetter(secondClass)) {
            return afterLetters(second);
        }
        if (!isSpace(first) || (text[at] == ' ' && isOther(secondClass))) {
            return afterNewlines(afterOthers(isSpace(first) ? second : at), false);
        }
        int spaces = afterSpaces(at);
        int lines = endIsOnePretoken && spaces == end ? end : afterLastNewline(at, spaces);
        return lines > at ? lines : spacesBeforeWord(at, spaces);
    }
}
