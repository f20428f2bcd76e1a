package io.nanogpt.impl.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Any pattern, by {@code java.util.regex}. What stands between matches is a piece too. */
final class RegexSplitter extends Splitter {
    /** What looks at the text before a match, so that a part of a text may have other pieces than the whole. */
    private static final Pattern LOOKS_BACK = Pattern.compile("\\(\\?<[=!]|\\\\[bBAG]|(?<!\\[)\\^");

    private final Matcher matcher;
    private final boolean looksBack;

    private String text = "";
    private boolean matched;
    /** Where the last piece ended, in characters and in bytes. */
    private int characters;

    private int bytes;

    RegexSplitter(String regex) {
        matcher = Pattern.compile(UnicodeRegex.translate(regex), Pattern.UNICODE_CASE)
                .matcher("");
        looksBack = LOOKS_BACK.matcher(regex).find();
    }

    @Override
    void begin(byte[] utf8, int from, int to) {
        text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
        matcher.reset(text);
        matched = find();
        characters = 0;
        bytes = from;
    }

    @Override
    int next(int[] ends) {
        int count = 0;
        while (characters < text.length() && count < ends.length) {
            int pieceEnd;
            if (matched && matcher.start() == characters) {
                pieceEnd = matcher.end();
                matched = find();
            } else {
                pieceEnd = matched ? matcher.start() : text.length();
            }
            bytes += byteCount(characters, pieceEnd);
            characters = pieceEnd;
            ends[count++] = bytes;
        }
        return count;
    }

    @Override
    int safeCut(byte[] utf8, int from, int to) {
        if (looksBack) {
            return NO_CUT;
        }
        begin(utf8, from, to);
        int cut = 0;
        while (matched && !matcher.hitEnd()) {
            cut = matcher.end();
            matched = find();
        }
        return cut == 0 || cut == text.length() ? NO_CUT : from + byteCount(0, cut);
    }

    /** The next match that has a character. */
    private boolean find() {
        boolean found = matcher.find();
        while (found && matcher.end() == matcher.start()) {
            found = matcher.find();
        }
        return found;
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
