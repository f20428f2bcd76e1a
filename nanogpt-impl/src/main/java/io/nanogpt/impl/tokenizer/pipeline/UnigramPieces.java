package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.IntList;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The most probable way to cut a piece into tokens (Kudo 2018). */
public final class UnigramPieces implements PieceModel {
    /** What an unknown character costs more than the least probable token. */
    private static final double UNKNOWN_PENALTY = 10;

    private static final int CHECK_MASK = (1 << 14) - 1;

    private final Vocabulary vocabulary;
    private final double[] scores;
    private final double unknownScore;
    private final @Nullable Integer unknownId;
    private final int[] byteTokens;
    private final Trie trie = new Trie();

    /**
     * Creates a model.
     *
     * @param scores by id: logarithms of probabilities
     * @param unknownId stands for characters that the vocabulary lacks; null if there is none
     * @param byteFallback whether their bytes become tokens such as {@code <0x0A>}, if all are in the vocabulary
     */
    public UnigramPieces(Vocabulary vocabulary, double[] scores, @Nullable Integer unknownId, boolean byteFallback) {
        this.vocabulary = vocabulary;
        this.scores = scores;
        this.unknownId = unknownId;
        byteTokens = byteFallback ? vocabulary.byteTokens() : new int[0];
        unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN_PENALTY;
        for (int id = 0; id < vocabulary.size(); id++) {
            String token = vocabulary.token(id);
            if (token != null && !token.isEmpty()) {
                trie.add(token, id);
            }
        }
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public Unknown unknown() {
        return unknownId == null ? Unknown.REFUSED : Unknown.REPLACED;
    }

    @Override
    public Encoder encoder() {
        return this::encode;
    }

    private void encode(String piece, IntList ids) {
        int length = piece.length();
        double[] best = new double[length + 1];
        int[] starts = new int[length + 1];
        int[] tokens = new int[length + 1];
        Arrays.fill(starts, -1);
        for (int at = 0; at < length; ) {
            if ((at & CHECK_MASK) == CHECK_MASK) {
                NanogptInterruptedException.check("encoding");
            }
            int next = at + Character.charCount(piece.codePointAt(at));
            boolean single = false;
            int node = 0;
            for (int end = at; end < length && node >= 0; ) {
                node = trie.next(node, piece.charAt(end++));
                int id = node < 0 ? -1 : trie.id(node);
                if (id >= 0) {
                    single |= end == next;
                    offer(best, starts, tokens, at, end, scores[id] + best[at], id);
                }
            }
            if (!single) {
                if (unknownId == null) {
                    throw PieceModel.missing(piece.substring(at, next), "it has no unk_id");
                }
                offer(best, starts, tokens, at, next, unknownScore + best[at], unknownId);
            }
            at = next;
        }
        collect(piece, starts, tokens, ids);
    }

    private static void offer(double[] best, int[] starts, int[] tokens, int from, int to, double score, int token) {
        if (starts[to] < 0 || score > best[to]) {
            best[to] = score;
            starts[to] = from;
            tokens[to] = token;
        }
    }

    private void collect(String piece, int[] starts, int[] tokens, IntList ids) {
        IntList ends = new IntList();
        for (int end = piece.length(); end > 0; end = starts[end]) {
            ends.add(end);
        }
        int from = 0;
        for (int i = ends.size() - 1; i >= 0; i--) {
            int end = ends.get(i);
            boolean unknown = unknownId != null && tokens[end] == unknownId;
            // Unknown characters side by side are one token.
            if (unknown && i > 0 && tokens[ends.get(i - 1)] == tokens[end]) {
                continue;
            }
            if (unknown) {
                addUnknown(piece.substring(from, end), ids);
            } else {
                ids.add(tokens[end]);
            }
            from = end;
        }
    }

    private void addUnknown(String text, IntList ids) {
        Integer known = vocabulary.id(text);
        if (known != null) {
            ids.add(known);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean all = byteTokens.length > 0;
        for (int i = 0; all && i < bytes.length; i++) {
            all = byteTokens[bytes[i] & 0xFF] >= 0;
        }
        if (all) {
            for (byte value : bytes) {
                ids.add(byteTokens[value & 0xFF]);
            }
        } else if (unknownId != null) {
            ids.add(unknownId);
        }
    }

    /** Tokens by their characters. */
    private static final class Trie {
        private final Map<Long, Integer> children = new HashMap<>();
        private final IntList ids = new IntList();

        Trie() {
            ids.add(-1);
        }

        void add(String token, int id) {
            int node = 0;
            for (int i = 0; i < token.length(); i++) {
                int next = next(node, token.charAt(i));
                if (next < 0) {
                    next = ids.size();
                    ids.add(-1);
                    children.put(key(node, token.charAt(i)), next);
                }
                node = next;
            }
            ids.set(node, id);
        }

        /** The node after a character, or -1. */
        int next(int node, char c) {
            return children.getOrDefault(key(node, c), -1);
        }

        /** The token that ends at a node, or -1. */
        int id(int node) {
            return ids.get(node);
        }

        private static long key(int node, char c) {
            return ((long) node << Character.SIZE) | c;
        }
    }
}
