package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A kind of byte-level BPE that llama.cpp knows by name.
 *
 * @param name {@code tokenizer.ggml.pre}
 * @param whole whether a pre-token that is a token becomes that token without merging
 */
record GgufPattern(String name, SplitPattern pattern, boolean whole) {
    /** All of them; of those with the same pattern the first is written. */
    static final List<GgufPattern> KNOWN = List.of(
            new GgufPattern("gpt-2", SplitPattern.GPT2, false),
            new GgufPattern("llama-bpe", KnownPatterns.LLAMA3, true),
            new GgufPattern("dbrx", KnownPatterns.LLAMA3, false),
            new GgufPattern("qwen2", KnownPatterns.QWEN2, false),
            new GgufPattern("gpt-4o", SplitPattern.O200K, false),
            new GgufPattern("phi-2", SplitPattern.GPT2, false),
            new GgufPattern("mpt", SplitPattern.GPT2, false),
            new GgufPattern("olmo", SplitPattern.GPT2, false),
            new GgufPattern("llama-v3", KnownPatterns.LLAMA3, true),
            new GgufPattern("llama3", KnownPatterns.LLAMA3, true),
            new GgufPattern("smaug-bpe", KnownPatterns.LLAMA3, false));

    /** The names, for a message. */
    static String names() {
        return KNOWN.stream().map(GgufPattern::name).collect(Collectors.joining(", "));
    }
}
