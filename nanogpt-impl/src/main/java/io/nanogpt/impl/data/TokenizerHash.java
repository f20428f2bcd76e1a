package io.nanogpt.impl.data;

import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells tokenizers apart: SHA-256 of the file that a tokenizer saves, in hexadecimal digits. */
final class TokenizerHash {
    private TokenizerHash() {}

    static String of(Tokenizer tokenizer) {
        try {
            Path file = Files.createTempFile("tokenizer", ".json");
            try {
                tokenizer.save(file);
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the tokenizer to a temporary file: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }
}
