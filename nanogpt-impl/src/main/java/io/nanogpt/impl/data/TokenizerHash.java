package io.nanogpt.impl.data;

import io.nanogpt.impl.files.Sha256;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;

/** Tells tokenizers apart: SHA-256 of {@link Tokenizer#toJson()} in UTF-8, in hexadecimal digits. */
public final class TokenizerHash {
    private TokenizerHash() {}

    /** The hash of a tokenizer. */
    public static String of(Tokenizer tokenizer) {
        return Sha256.of(tokenizer.toJson().getBytes(StandardCharsets.UTF_8));
    }
}
