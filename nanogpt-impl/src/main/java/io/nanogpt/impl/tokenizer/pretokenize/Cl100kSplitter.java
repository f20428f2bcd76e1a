package io.nanogpt.impl.tokenizer.pretokenize;

import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NEWLINE;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NUMBER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isLetter;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isSpace;

/** {@link io.nanogpt.tokenizer.SplitPattern#CL100K} by hand, and its relatives. */
final class Cl100kSplitter extends Scanner {
    private final int mostDigits;
    private final boolean endIsOnePiece;

    /**
     * A scanner.
     *
     * @param mostDigits of a number that are one piece
     * @param endIsOnePiece whether white space at the end of the text is one piece even where it has line breaks
     */
    Cl100kSplitter(int mostDigits, boolean endIsOnePiece) {
        this.mostDigits = mostDigits;
        this.endIsOnePiece = endIsOnePiece;
    }

    @Override
    public Splitter another() {
        return new Cl100kSplitter(mostDigits, endIsOnePiece);
    }

    // The same loop stands in every scanner, so that each is compiled by itself.
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
        int lines = endIsOnePiece && spaces == end ? end : afterLastNewline(at, spaces);
        return lines > at ? lines : spacesBeforeWord(at, spaces);
    }
}
