package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.impl.regex.PatternSearch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/** A splitter for any pattern. Text between matches is a pre-token too, and a match of no characters is a place to cut. */
public final class RegexSplitter extends Splitter {
    /**
     * Syntax that looks at the text before a match, so that a part of a text may have other pre-tokens than the whole.
     */
    private static final Pattern LOOKS_BACK = Pattern.compile("\\(\\?<[=!]|\\\\[bBAG]|(?<!\\[)\\^");

    private static final int MOST_TRIES = 16;

    private final PatternSearch matcher;
    private final boolean looksBack;

    private String text = "";
    private boolean matched;
    /** The end of the last pre-token, in characters and in bytes. */
    private int characters;

    private int bytes;

    public RegexSplitter(String regex) {
        this(
                PatternSearch.withEmptyMatches(UnicodeRegex.translate(regex), Pattern.UNICODE_CASE, regex),
                LOOKS_BACK.matcher(regex).find());
    }

    private RegexSplitter(PatternSearch matcher, boolean looksBack) {
        this.matcher = matcher;
        this.looksBack = looksBack;
    }

    @Override
    public Splitter another() {
        return new RegexSplitter(matcher.another(), looksBack);
    }

    @Override
    public void begin(byte[] utf8, int from, int to) {
        text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
        matcher.begin(text);
        matched = matcher.find();
        characters = 0;
        bytes = from;
    }

    @Override
    public int next(int[] ends) {
        int count = 0;
        while (characters < text.length() && count < ends.length) {
            int pieceEnd;
            while (matched && matcher.end() == characters) {
                matched = matcher.find();
            }
            if (matched && matcher.start() == characters) {
                pieceEnd = matcher.end();
                matched = matcher.find();
            } else {
                pieceEnd = matched ? matcher.start() : text.length();
            }
            bytes += byteCount(characters, pieceEnd);
            characters = pieceEnd;
            ends[count++] = bytes;
        }
        return count;
    }

    /**
     * Matches that did not look at the end of the available text are final. But a text that ends after one of them may
     * have other pre-tokens, so that is tried.
     */
    @Override
    public int safeCut(byte[] utf8, int from, int to) {
        if (looksBack) {
            return NO_CUT;
        }
        begin(utf8, from, to);
        int certain = 0;
        while (matched && !matcher.hitEnd()) {
            certain = matcher.end();
            matched = matcher.find();
        }
        int certainBytes = from + byteCount(0, certain);
        int[] whole = pieceEnds(utf8, from, to);
        int last = Arrays.binarySearch(whole, certainBytes);
        for (int i = last; i > Math.max(-1, last - MOST_TRIES); i--) {
            if (whole[i] < to && Arrays.equals(pieceEnds(utf8, from, whole[i]), Arrays.copyOf(whole, i + 1))) {
                return whole[i];
            }
        }
        return NO_CUT;
    }

    private int[] pieceEnds(byte[] utf8, int from, int to) {
        begin(utf8, from, to);
        int[] ends = new int[to - from];
        return Arrays.copyOf(ends, next(ends));
    }

    private int byteCount(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            // A surrogate is half of a character of four bytes.
            count += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return count;
    }
}
