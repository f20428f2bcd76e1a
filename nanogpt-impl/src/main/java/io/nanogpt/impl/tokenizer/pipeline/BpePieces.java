package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.bpe.IntList;
import io.nanogpt.impl.tokenizer.bpe.PairTable;
import io.nanogpt.impl.tokenizer.bpe.SymbolMerger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Byte pair encoding from the characters of each piece on. */
public final class BpePieces implements PieceModel {
    private final Vocabulary vocabulary;
    private final PairTable merges;
    private final Settings settings;
    private final @Nullable Integer unknownId;
    private final int[] byteTokens;

    /**
     * What characters become before they are merged.
     *
     * @param unknownToken stands for characters that the vocabulary lacks; they are left out if it is null
     * @param fuseUnknown whether characters side by side that the vocabulary lacks become one token
     * @param byteFallback whether their bytes become tokens such as {@code <0x0A>}, if all are in the vocabulary
     * @param wholePieces whether a piece that is a token becomes that token without merging
     */
    public record Settings(
            @Nullable String unknownToken,
            boolean fuseUnknown,
            boolean byteFallback,
            boolean wholePieces,
            Affixes affixes) {}

    /**
     * What tokens have around their text.
     *
     * @param prefix of every character but the first of a piece
     * @param suffix of the last character of a piece
     */
    public record Affixes(String prefix, String suffix) {}

    public BpePieces(Vocabulary vocabulary, PairTable merges, Settings settings) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.settings = settings;
        unknownId = settings.unknownToken() == null ? null : vocabulary.id(settings.unknownToken());
        byteTokens = settings.byteFallback() ? vocabulary.byteTokens() : new int[0];
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public Unknown unknown() {
        if (settings.byteFallback() && Arrays.stream(byteTokens).allMatch(id -> id >= 0)) {
            return Unknown.REPLACED;
        }
        return settings.unknownToken() == null
                ? Unknown.LEFT_OUT
                : unknownId == null ? Unknown.REFUSED : Unknown.REPLACED;
    }

    @Override
    public Encoder encoder() {
        return new PieceEncoder();
    }

    /** Merges pieces, and remembers short ones. */
    private final class PieceEncoder implements Encoder {
        private static final int MOST_KNOWN = 10_000;
        private static final int LONGEST_KNOWN = 64;

        private final SymbolMerger merger = new SymbolMerger(merges);
        private final Map<String, int[]> known = new HashMap<>();
        private int[] symbols = new int[64];
        private int count;

        @Override
        public void encode(String piece, IntList ids) {
            Integer whole = settings.wholePieces() ? vocabulary.id(piece) : null;
            if (whole != null) {
                ids.add(whole);
                return;
            }
            int[] before = known.get(piece);
            if (before != null) {
                ids.addAll(before, before.length);
                return;
            }
            fill(piece);
            int merged = merger.merge(symbols, count);
            ids.addAll(symbols, merged);
            if (piece.length() <= LONGEST_KNOWN && known.size() < MOST_KNOWN) {
                known.put(piece, Arrays.copyOf(symbols, merged));
            }
            if (symbols.length > 1 << 20) {
                symbols = new int[64];
            }
        }

        /** The characters of a piece as ids. */
        private void fill(String piece) {
            count = 0;
            int unknowns = 0;
            for (int at = 0; at < piece.length(); ) {
                int end = at + Character.charCount(piece.codePointAt(at));
                String character = symbol(piece, at, end);
                Integer id = vocabulary.id(character);
                if (id != null) {
                    addUnknown(unknowns);
                    unknowns = 0;
                    add(id);
                } else if (!addBytes(character) && settings.unknownToken() != null) {
                    requireUnknown(piece.substring(at, end));
                    if (unknowns > 0 && !settings.fuseUnknown()) {
                        addUnknown(unknowns);
                    }
                    unknowns = 1;
                }
                at = end;
            }
            addUnknown(unknowns);
        }

        private String symbol(String piece, int from, int to) {
            String character = piece.substring(from, to);
            Affixes affixes = settings.affixes();
            String prefixed = from > 0 ? affixes.prefix() + character : character;
            return to == piece.length() ? prefixed + affixes.suffix() : prefixed;
        }

        private boolean addBytes(String character) {
            if (!settings.byteFallback()) {
                return false;
            }
            byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
            for (byte value : bytes) {
                if (byteTokens[value & 0xFF] < 0) {
                    return false;
                }
            }
            for (byte value : bytes) {
                add(byteTokens[value & 0xFF]);
            }
            return true;
        }

        private void requireUnknown(String character) {
            if (unknownId == null) {
                throw PieceModel.missing(character, "its unk_token \"" + settings.unknownToken() + "\" has no id");
            }
        }

        private void addUnknown(int unknowns) {
            if (unknowns > 0 && unknownId != null) {
                add(unknownId);
            }
        }

        private void add(int id) {
            if (count == symbols.length) {
                symbols = Arrays.copyOf(symbols, 2 * count);
            }
            symbols[count++] = id;
        }
    }
}
