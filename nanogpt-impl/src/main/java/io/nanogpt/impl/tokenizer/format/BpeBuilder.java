package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.tokenizer.bpe.BpeModel;
import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import io.nanogpt.impl.tokenizer.bpe.Merges;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.impl.tokenizer.bpe.TokenTable;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Builds a model from the contents of a file, and refuses inconsistent contents. */
final class BpeBuilder {
    private final TokenTable tokens;
    private final Function<String, NanogptException> error;
    private final Merges merges = new Merges();
    private final Set<Long> seen = new HashSet<>();

    /**
     * Starts a model with some tokens.
     *
     * @param tokens by id; null where there is none
     * @param error names the file
     */
    BpeBuilder(byte[] @Nullable [] tokens, Function<String, NanogptException> error) {
        this.tokens = new TokenTable(tokens);
        this.error = error;
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            if (token != null && this.tokens.id(token) != id) {
                throw error.apply("the ids " + this.tokens.id(token) + " and " + id + " stand for the same token, \""
                        + ByteAlphabet.write(token, 0, token.length) + "\"");
            }
        }
    }

    TokenTable tokens() {
        return tokens;
    }

    /**
     * Adds the next merge.
     *
     * @param where adds the place of the merge to a message
     */
    void merge(byte[] leftBytes, byte[] rightBytes, Function<String, NanogptException> where) {
        byte[] joined = Arrays.copyOf(leftBytes, leftBytes.length + rightBytes.length);
        System.arraycopy(rightBytes, 0, joined, leftBytes.length, rightBytes.length);
        int leftId = require(leftBytes, where);
        int rightId = require(rightBytes, where);
        int mergedId = require(joined, where);
        if (!seen.add(((long) leftId << Integer.SIZE) | rightId)) {
            throw where.apply("this pair occurs twice among the merges");
        }
        merges.add(leftId, rightId, mergedId, merges.size());
    }

    private int require(byte[] token, Function<String, NanogptException> where) {
        int id = tokens.id(token);
        if (id == TokenTable.ABSENT) {
            throw where.apply("this merge needs the token \"" + ByteAlphabet.write(token, 0, token.length)
                    + "\", which is not in the vocabulary; the vocabulary and the merges belong to"
                    + " different tokenizers");
        }
        return id;
    }

    /**
     * The model, with the merges that were added.
     *
     * @param wholePretokens whether a pre-token that is a token becomes that token without merging
     */
    BpeModel build(boolean wholePretokens, SplitPattern pattern, List<SpecialToken> specials) {
        return build(merges, wholePretokens, pattern, specials);
    }

    /** The model, with other merges. */
    BpeModel build(Merges others, boolean wholePretokens, SplitPattern pattern, List<SpecialToken> specials) {
        BpeModel model = new BpeModel(tokens, others, wholePretokens, pattern, specials);
        int[] byteIds = model.byteIds();
        int[] missing = IntStream.range(0, byteIds.length)
                .filter(value -> byteIds[value] == TokenTable.ABSENT)
                .toArray();
        if (missing.length > 0) {
            throw error.apply(String.format(
                    Locale.ROOT,
                    "the vocabulary lacks %d of the 256 single bytes, the first of them 0x%02X, so it cannot"
                            + " encode every text; a byte-level tokenizer needs them all",
                    missing.length,
                    missing[0]));
        }
        return model;
    }
}
