package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.tokenizer.Tokenizer.SpecialTokenFilter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: the first, and of those that begin at the same place the longest. */
final class AddedTokens {
    private final Map<Character, List<Sought>> byFirst = new HashMap<>();

    /**
     * A token by the text that is sought.
     *
     * @param text in the normalized text, where the token is normalized
     */
    record Sought(String text, AddedToken token) {}

    /** A part of a text: a token, or, where it is null, what lies between two. */
    record Part(int from, int to, @Nullable AddedToken token) {}

    AddedTokens(List<Sought> sought) {
        List<Sought> longestFirst = sought.stream()
                .sorted(Comparator.comparingInt((Sought one) -> one.text().length())
                        .reversed())
                .toList();
        for (Sought one : longestFirst) {
            byFirst.computeIfAbsent(one.text().charAt(0), first -> new ArrayList<>())
                    .add(one);
        }
    }

    /** The parts of a text, none of them empty, with the tokens that a filter accepts. */
    List<Part> parts(String text, SpecialTokenFilter filter) {
        List<Part> parts = new ArrayList<>();
        int begin = 0;
        if (!byFirst.isEmpty()) {
            for (int at = 0; at < text.length(); ) {
                Sought found = at(text, at, filter);
                if (found == null) {
                    at++;
                    continue;
                }
                int end = at + found.text().length();
                if (!found.token().singleWord() || isWord(text, at, end)) {
                    begin = add(text, begin, at, end, found.token(), parts);
                }
                at = end;
            }
        }
        if (begin < text.length()) {
            parts.add(new Part(begin, text.length(), null));
        }
        return parts;
    }

    /** Adds a token and the text before it; returns where the text after it begins. */
    private static int add(String text, int begin, int from, int to, AddedToken token, List<Part> parts) {
        int start = token.lstrip() ? Math.max(from, begin) : from;
        while (token.lstrip() && start > begin && CharacterKinds.isSpace(text.charAt(start - 1))) {
            start--;
        }
        int end = to;
        while (token.rstrip() && end < text.length() && CharacterKinds.isSpace(text.charAt(end))) {
            end++;
        }
        if (begin < start) {
            parts.add(new Part(begin, start, null));
        }
        if (start < end) { // White space that another token took is no token.
            parts.add(new Part(start, end, token));
        }
        return end;
    }

    private @Nullable Sought at(String text, int at, SpecialTokenFilter filter) {
        List<Sought> candidates = byFirst.get(text.charAt(at));
        if (candidates != null) {
            for (Sought one : candidates) {
                if (text.startsWith(one.text(), at)
                        && (!one.token().special()
                                || filter.accepts(at, at + one.text().length()))) {
                    return one;
                }
            }
        }
        return null;
    }

    private static boolean isWord(String text, int from, int to) {
        return (from == 0 || !CharacterKinds.isWord(text.codePointBefore(from)))
                && (to == text.length() || !CharacterKinds.isWord(text.codePointAt(to)));
    }
}
