package io.nanogpt.impl.tokenizer.bpe;

/** Merges the bytes of a pre-token. Has scratch memory. */
final class PretokenMerger {
    private final SymbolMerger merger;
    private final int[] byteIds;

    PretokenMerger(PairTable pairs, int[] byteIds) {
        merger = new SymbolMerger(pairs);
        this.byteIds = byteIds;
    }

    /**
     * Merges a pre-token of at least one byte.
     *
     * @param out receives the ids from {@code at} on; has room for one per byte
     * @return the number of ids
     */
    int merge(byte[] text, int from, int to, int[] out, int at) {
        int length = to - from;
        int[] ids = merger.symbols(length);
        for (int i = 0; i < length; i++) {
            ids[i] = byteIds[text[from + i] & 0xFF];
        }
        int count = merger.merge(ids, length);
        System.arraycopy(ids, 0, out, at, count);
        return count;
    }
}
