package io.nanogpt.impl.interop;

import io.nanogpt.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What transformers needs beside {@code tokenizer.json}: without {@code tokenizer_config.json} it takes the class of
 * tokenizers of the model's family, which replaces stages of {@code tokenizer.json} and adds tokens.
 *
 * @param begin the id that is put before every text
 * @param end the id at which generation ends
 * @param beginToken the special token of that id, if it is one
 * @param endToken the special token of that id, if it is one
 */
record TransformersTokenizer(
        Optional<Integer> begin, Optional<Integer> end, Optional<String> beginToken, Optional<String> endToken) {
    static final String CONFIG = "tokenizer_config.json";
    static final String SPECIAL_TOKENS = "special_tokens_map.json";

    private static final String BEGIN = "bos_token";
    private static final String END = "eos_token";
    private static final String ID = "_id";

    /**
     * The files of a tokenizer.
     *
     * @param end the id at which generation ends, if it ends at one
     */
    static TransformersTokenizer of(Tokenizer tokenizer, Optional<Integer> end) {
        Optional<Integer> begin = single(tokenizer.encodePrompt(""));
        return new TransformersTokenizer(
                begin, end, begin.flatMap(id -> special(tokenizer, id)), end.flatMap(id -> special(tokenizer, id)));
    }

    private static Optional<Integer> single(int[] ids) {
        return ids.length == 1 ? Optional.of(ids[0]) : Optional.empty();
    }

    private static Optional<String> special(Tokenizer tokenizer, int id) {
        return tokenizer.specialTokens().entrySet().stream()
                .filter(token -> token.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Adds the ids to the keys of {@code config.json}: nulls too, in whose place transformers has ids of its own. */
    void putIds(Map<String, Object> keys) {
        keys.put(BEGIN + ID, begin.<Object>map(id -> id).orElse(JsonObjects.NULL));
        keys.put(END + ID, end.<Object>map(id -> id).orElse(JsonObjects.NULL));
    }

    /**
     * The content of {@code tokenizer_config.json}.
     *
     * @param contextLength of the model
     */
    byte[] config(int contextLength) {
        Map<String, Object> config = new LinkedHashMap<>();
        // The class that runs tokenizer.json as it is, in transformers 4 and 5.
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put(BEGIN, beginToken.<Object>map(token -> token).orElse(JsonObjects.NULL));
        config.put(END, endToken.<Object>map(token -> token).orElse(JsonObjects.NULL));
        config.put("unk_token", JsonObjects.NULL);
        config.put("pad_token", JsonObjects.NULL);
        config.put("clean_up_tokenization_spaces", false);
        config.put("model_max_length", contextLength);
        return JsonObjects.bytes(config);
    }

    /** The content of {@code special_tokens_map.json}. */
    byte[] specialTokens() {
        Map<String, Object> tokens = new LinkedHashMap<>();
        beginToken.ifPresent(token -> tokens.put(BEGIN, token));
        endToken.ifPresent(token -> tokens.put(END, token));
        return JsonObjects.bytes(tokens);
    }
}
