package io.nanogpt.tokenizer;

import io.nanogpt.tokenizer.Tokenizer.SpecialTokenFilter;
import io.nanogpt.tokenizer.Tokenizer.SpecialTokenPolicy;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Encodes the special tokens that a filter accepts as their ids, and what lies between them as ordinary text. */
final class FilteredEncoding {
    private FilteredEncoding() {}

    static int[] encode(Tokenizer tokenizer, String text, SpecialTokenFilter filter) {
        List<Map.Entry<String, Integer>> longestFirst = tokenizer.specialTokens().entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Integer> special) ->
                                special.getKey().length())
                        .reversed())
                .toList();
        IntStream.Builder ids = IntStream.builder();
        int begin = 0;
        for (int at = 0; at < text.length(); ) {
            Map.Entry<String, Integer> found = at(text, at, longestFirst, filter);
            if (found == null) {
                at++;
                continue;
            }
            add(tokenizer, text.substring(begin, at), ids);
            ids.add(found.getValue());
            at += found.getKey().length();
            begin = at;
        }
        add(tokenizer, text.substring(begin), ids);
        return ids.build().toArray();
    }

    private static Map.@Nullable Entry<String, Integer> at(
            String text, int at, List<Map.Entry<String, Integer>> specials, SpecialTokenFilter filter) {
        for (Map.Entry<String, Integer> special : specials) {
            String token = special.getKey();
            if (text.startsWith(token, at) && filter.accepts(at, at + token.length())) {
                return special;
            }
        }
        return null;
    }

    private static void add(Tokenizer tokenizer, String text, IntStream.Builder ids) {
        if (!text.isEmpty()) {
            Arrays.stream(tokenizer.encode(text, SpecialTokenPolicy.AS_TEXT)).forEach(ids::add);
        }
    }
}
