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

/** Byte pair encoding as its definition says, counting everything anew for every merge. Tokens are strings of bytes. */
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
        Map<List<String>, Integer> words = new LinkedHashMap<>();
        for (String piece : SplitterTest.pieces(new RegexSplitter(pattern.regex()), text)) {
            words.merge(bytes(piece), 1, Integer::sum);
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
            words.forEach((word, count) -> {
                for (int i = 1; i < word.size(); i++) {
                    counts.merge(new Pair(word.get(i - 1), word.get(i)), count, Integer::sum);
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
            words.forEach((word, count) -> next.merge(apply(best, word), count, Integer::sum));
            words.clear();
            words.putAll(next);
        }
        return learned;
    }

    /** The tokens of a piece. */
    static List<String> encode(String piece, List<Pair> merges) {
        List<String> word = bytes(piece);
        for (Pair merge : merges) {
            word = apply(merge, word);
        }
        return word;
    }

    private static List<String> bytes(String piece) {
        String latin1 = new String(piece.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return Arrays.asList(latin1.split(""));
    }

    private static List<String> apply(Pair pair, List<String> word) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            boolean merges = i + 1 < word.size()
                    && word.get(i).equals(pair.left())
                    && word.get(i + 1).equals(pair.right());
            result.add(merges ? pair.joined() : word.get(i));
            i += merges ? 1 : 0;
        }
        return result;
    }
}
