package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.RegexSplitter;
import io.nanogpt.impl.tokenizer.pretokenize.SplitterTest;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import io.nanogpt.tokenizer.SplitPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Byte pair encoding by its definition, counting everything anew for every merge. Tokens are strings of bytes. */
final class NaiveBpe {
    /** Two tokens, each a string of characters below 256. */
    record Pair(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    private NaiveBpe() {}

    /** The merges of a text without special tokens. */
    static List<Pair> train(String text, SplitPattern pattern, TieRule ties, int merges) {
        Map<List<String>, Integer> pretokens = new LinkedHashMap<>();
        for (String pretoken : SplitterTest.pieces(new RegexSplitter(pattern.regex()), text)) {
            pretokens.merge(bytes(pretoken), 1, Integer::sum);
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int i = 0; i < ByteAlphabet.SIZE; i++) {
            ids.put(String.valueOf((char) (ByteAlphabet.inOrder(i) & 0xFF)), i);
        }
        Comparator<Pair> order = ties == TieRule.CS336
                ? Comparator.comparing(Pair::left).thenComparing(Pair::right)
                : Comparator.<Pair, Integer>comparing(pair -> ids.get(pair.left()))
                        .thenComparing(pair -> ids.get(pair.right()))
                        .reversed();
        List<Pair> learned = new ArrayList<>();
        while (learned.size() < merges) {
            Map<Pair, Integer> counts = new LinkedHashMap<>();
            pretokens.forEach((tokens, count) -> {
                for (int i = 1; i < tokens.size(); i++) {
                    counts.merge(new Pair(tokens.get(i - 1), tokens.get(i)), count, Integer::sum);
                }
            });
            if (counts.isEmpty()) {
                break;
            }
            Pair best = counts.entrySet().stream()
                    .max(Map.Entry.<Pair, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey(order)))
                    .orElseThrow()
                    .getKey();
            learned.add(best);
            ids.put(best.joined(), ids.size());
            Map<List<String>, Integer> next = new LinkedHashMap<>();
            pretokens.forEach((tokens, count) -> next.merge(apply(best, tokens), count, Integer::sum));
            pretokens.clear();
            pretokens.putAll(next);
        }
        return learned;
    }

    /** The tokens of a pre-token. */
    static List<String> encode(String pretoken, List<Pair> merges) {
        List<String> tokens = bytes(pretoken);
        for (Pair merge : merges) {
            tokens = apply(merge, tokens);
        }
        return tokens;
    }

    private static List<String> bytes(String pretoken) {
        String latin1 = new String(pretoken.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return Arrays.asList(latin1.split(""));
    }

    private static List<String> apply(Pair pair, List<String> tokens) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            boolean merges = i + 1 < tokens.size()
                    && tokens.get(i).equals(pair.left())
                    && tokens.get(i + 1).equals(pair.right());
            result.add(merges ? pair.joined() : tokens.get(i));
            i += merges ? 1 : 0;
        }
        return result;
    }
}
