package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.List;

/**
 * Vocabulary, merges and settings of a byte-level BPE tokenizer. Immutable.
 *
 * @param tokens by id; special tokens are not among them, unless the file has them twice
 * @param merges in the order of their ranks
 * @param wholePretokens whether a pre-token that is a token becomes that token without merging
 * @param pattern cuts text into pre-tokens
 * @param specialTokens found before the text is cut
 */
public record BpeModel(
        TokenTable tokens,
        Merges merges,
        boolean wholePretokens,
        SplitPattern pattern,
        List<SpecialToken> specialTokens) {
    public BpeModel {
        specialTokens = List.copyOf(specialTokens);
    }

    /** The ids of the 256 single bytes. */
    public int[] byteIds() {
        int[] byteIds = new int[ByteAlphabet.SIZE];
        for (int value = 0; value < byteIds.length; value++) {
            byteIds[value] = tokens.id(new byte[] {(byte) value});
        }
        return byteIds;
    }

    /** One more than the largest id. */
    public int vocabularySize() {
        int size = tokens.size();
        for (SpecialToken token : specialTokens) {
            size = Math.max(size, token.id() + 1);
        }
        return size;
    }
}
