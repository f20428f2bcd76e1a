package io.nanogpt.impl.data;

import io.nanogpt.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells tokenizers apart: SHA-256 of {@link Tokenizer#toJson()} in UTF-8, in hexadecimal digits. */
public final class TokenizerHash {
    private TokenizerHash() {}

    /** The hash of a tokenizer. */
    public static String of(Tokenizer tokenizer) {
        try {
            byte[] content = tokenizer.toJson().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }
}
