package io.nanogpt.tokenizer;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How a byte-level BPE tokenizer is trained. The ids are: the special tokens in their order, the 256 bytes in the order
 * of GPT-2's alphabet, the merges in the order in which they are made.
 *
 * @param vocabularySize the most ids, special tokens and bytes included; fewer where the text has no more pairs
 * @param specialTokens cut out of the text before anything else, and never merged; of at least two characters
 * @param pattern cuts text into the pieces within which pairs are merged
 * @param ties which of equally frequent pairs is merged first
 * @param minimumFrequency pairs that are rarer are not merged
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

    /** Which of several equally frequent pairs byte pair training merges first. */
    public enum TieRule {
        /** The lexicographically greater pair of byte strings, as the first assignment of Stanford's CS336 asks. */
        CS336,
        /** The pair with the lower ids, as the trainer of Hugging Face {@code tokenizers} does. */
        HUGGING_FACE
    }
}
