package io.nanogpt.impl.tokenizer.pretokenize;

import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.NUMBER;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isLetter;
import static io.nanogpt.impl.tokenizer.pretokenize.CharacterClasses.isSpace;

/** A hand-written scanner of {@link io.nanogpt.tokenizer.SplitPattern#GPT2}. */
final class Gpt2Splitter extends Scanner {
    @Override
    public Splitter another() {
        return new Gpt2Splitter();
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
        int contraction = afterContraction(at, false);
        if (contraction > at) {
            return contraction;
        }
        int start = text[at] == ' ' && at + 1 < end ? at + 1 : at;
        int first = classAt(start);
        if (isLetter(first)) {
            return afterLetters(start);
        }
        if (first == NUMBER) {
            return afterNumbers(start, Integer.MAX_VALUE);
        }
        if (!isSpace(first)) {
            return afterOthers(start);
        }
        return spacesBeforeWord(at, afterSpaces(at));
    }
}
