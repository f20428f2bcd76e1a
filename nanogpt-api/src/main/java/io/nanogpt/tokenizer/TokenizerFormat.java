package io.nanogpt.tokenizer;

/** Forms of tokenizer files. */
public enum TokenizerFormat {
    /** One file, {@code tokenizer.json}, of Hugging Face {@code tokenizers}. Holds everything. */
    HUGGING_FACE,
    /** A folder with the {@code vocab.json} and {@code merges.txt} of GPT-2. Holds neither the pattern nor special tokens. */
    GPT2,
    /** One file of lines {@code base64 rank}, as {@code tiktoken} reads it. Holds neither the pattern nor special tokens. */
    TIKTOKEN
}
