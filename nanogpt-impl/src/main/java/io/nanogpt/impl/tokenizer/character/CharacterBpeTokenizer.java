package io.nanogpt.impl.tokenizer.character;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.BlockTokenStream;
import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import io.nanogpt.impl.tokenizer.bpe.TextBlocks;
import io.nanogpt.impl.tokenizer.format.CharacterBpeFile;
import io.nanogpt.impl.tokenizer.format.TokenizerJson;
import io.nanogpt.impl.tokenizer.pretokenize.Splitter;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The character BPE tokenizer: cuts every line into GPT-2's pre-tokens and every pre-token, in GPT-2's byte alphabet,
 * greedily into the longest pieces of the vocabulary. Line breaks have no ids: decoded text is one line.
 */
public final class CharacterBpeTokenizer implements Tokenizer {
    /** The text of pieces with characters outside the byte alphabet, which no text contains. */
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private static final int PIECES_AT_ONCE = 256;
    private static final int BYTES_BETWEEN_CHECKS = 1 << 18;

    private final List<String> pieces;
    private final List<byte[]> bytes;
    private final int[] lengths;
    private final PieceTrie trie;

    /** Creates a tokenizer of pieces in the byte alphabet, by id. */
    public CharacterBpeTokenizer(List<String> pieces) {
        this.pieces = List.copyOf(pieces);
        bytes = this.pieces.stream().map(CharacterBpeTokenizer::bytes).toList();
        lengths = bytes.stream().mapToInt(piece -> piece.length).toArray();
        trie = new PieceTrie(bytes.stream()
                .map(piece -> piece == REPLACEMENT ? new byte[0] : piece)
                .toList());
    }

    private static byte[] bytes(String piece) {
        byte[] read = ByteAlphabet.read(piece);
        return read == null ? REPLACEMENT : read;
    }

    /** Learns a vocabulary of pieces from a text. */
    public static CharacterBpeTokenizer train(String text, int vocabularySize) {
        Map<String, Long> counts = countPretokens(text);
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("the corpus has no text but line breaks; give text to learn from");
        }
        return new CharacterBpeTokenizer(CharacterBpeTrainer.train(counts, vocabularySize));
    }

    /** Counts the pre-tokens of a text, in order of appearance and in the byte alphabet. */
    static Map<String, Long> countPretokens(String text) {
        Map<String, Long> counts = new LinkedHashMap<>();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        forEachPretoken(utf8, (from, to) -> counts.merge(ByteAlphabet.write(utf8, from, to), 1L, Long::sum));
        return counts;
    }

    /** An action on a pre-token. */
    @FunctionalInterface
    private interface PretokenAction {
        void take(int from, int to);
    }

    private static void forEachPretoken(byte[] utf8, PretokenAction action) {
        Splitter splitter = Splitter.of(SplitPattern.GPT2);
        int[] ends = new int[PIECES_AT_ONCE];
        int from = 0;
        int nextCheck = BYTES_BETWEEN_CHECKS;
        while (from < utf8.length) {
            nextCheck = checkInterrupt(from, nextCheck);
            int end = lineEnd(utf8, from);
            splitter.begin(utf8, from, end);
            for (int count = splitter.next(ends); count > 0; count = splitter.next(ends)) {
                for (int i = 0; i < count; i++) {
                    action.take(from, ends[i]);
                    from = ends[i];
                }
                nextCheck = checkInterrupt(from, nextCheck);
            }
            from = end + 1;
        }
    }

    private static int checkInterrupt(int at, int nextCheck) {
        if (at < nextCheck) {
            return nextCheck;
        }
        NanogptInterruptedException.check("reading the text");
        return at + BYTES_BETWEEN_CHECKS;
    }

    private static int lineEnd(byte[] utf8, int from) {
        int end = from;
        while (end < utf8.length && utf8[end] != '\n' && utf8[end] != '\r') {
            end++;
        }
        return end;
    }

    /** The pieces in the byte alphabet, by id. */
    public List<String> pieces() {
        return pieces;
    }

    @Override
    public int vocabularySize() {
        return pieces.size();
    }

    @Override
    public int[] encode(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[utf8.length];
        int[] count = new int[1];
        forEachPretoken(utf8, (from, to) -> {
            int at = from;
            while (at < to) {
                int id = trie.longest(utf8, at, to);
                if (id < 0) {
                    throw unknown(text, utf8, at);
                }
                ids[count[0]++] = id;
                at += lengths[id];
            }
        });
        return Arrays.copyOf(ids, count[0]);
    }

    private IllegalArgumentException unknown(String text, byte[] utf8, int at) {
        int position = Math.min(text.length() - 1, new String(utf8, 0, at, StandardCharsets.UTF_8).length());
        return new IllegalArgumentException("the text has " + CharacterTokenizer.describe(text.codePointAt(position))
                + " at position " + position
                + " (counted from 0), which is in no piece of the vocabulary; leave it out,"
                + " or train the tokenizer on text that has it");
    }

    @Override
    public String decode(int... ids) {
        return new String(decodeBytes(ids), StandardCharsets.UTF_8);
    }

    @Override
    public byte[] decodeBytes(int... ids) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int id : ids) {
            if (id < 0 || id >= pieces.size()) {
                throw new IllegalArgumentException("token ids must be from 0 to " + (pieces.size() - 1)
                        + " for this vocabulary of " + pieces.size() + " pieces, but one is " + id);
            }
            text.writeBytes(bytes.get(id));
        }
        return text.toByteArray();
    }

    @Override
    public boolean canEncode(String text) {
        try {
            encode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public TokenStream stream(InputStream utf8, int threads) {
        return BlockTokenStream.of(this, TextBlocks.Cutter::afterLine, utf8, threads);
    }

    @Override
    public String toJson() {
        return CharacterBpeFile.text(this);
    }

    @Override
    public void save(Path file) {
        TokenizerJson.save(toJson(), file);
    }
}
