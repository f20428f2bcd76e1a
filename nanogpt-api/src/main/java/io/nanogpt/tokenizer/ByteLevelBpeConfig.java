package io.nanogpt.tokenizer;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Configuration of the training of a byte-level BPE tokenizer. The ids are: the special tokens in order, the 256 bytes
 * in the order of GPT-2's alphabet, the merges in order. Immutable.
 *
 * @param vocabularySize maximum number of ids, special tokens and bytes included; fewer if the text has no more pairs
 * @param specialTokens tokens that are split off first and never merged; of at least two characters
 * @param pattern splits text into pre-tokens, within which pairs are merged
 * @param ties the order of equally frequent pairs
 * @param minimumFrequency minimum number of occurrences of a pair to be merged
 */
public record ByteLevelBpeConfig(
        int vocabularySize, List<String> specialTokens, SplitPattern pattern, TieRule ties, int minimumFrequency) {
    private static final int BYTES = 256;

    public ByteLevelBpeConfig {
        specialTokens = List.copyOf(Objects.requireNonNull(specialTokens, "specialTokens"));
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(ties, "ties");
        Set<String> distinct = new HashSet<>();
        for (String token : specialTokens) {
            if (token.length() < 2) {
                throw new IllegalArgumentException("a special token must have at least two characters, so that it is no"
                        + " single byte of the vocabulary, but one is \"" + token + "\"");
            }
            if (!distinct.add(token)) {
                throw new IllegalArgumentException("the special token " + token + " is given twice");
            }
        }
        int least = BYTES + specialTokens.size();
        if (vocabularySize < least) {
            throw new IllegalArgumentException("vocabularySize must be at least " + least + ", the 256 bytes and "
                    + specialTokens.size() + " special tokens, but is " + vocabularySize);
        }
        if (minimumFrequency < 1) {
            throw new IllegalArgumentException("minimumFrequency must be at least 1, but is " + minimumFrequency);
        }
    }

    /** The order in which equally frequent pairs are merged. */
    public enum TieRule {
        /**
         * The lexicographically greatest pair of byte strings first, as in the first assignment of Stanford's CS336.
         */
        CS336,
        /** The pair with the lowest ids first, as in the trainer of Hugging Face {@code tokenizers}. */
        HUGGING_FACE
    }
}
