package io.nanogpt.impl.data;

import io.nanogpt.data.TokenSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of settings and samples of tokens, to check that data are those of an earlier run. */
final class Fingerprint {
    /** Number of evenly spaced samples of a text that are hashed, so that large files are not read in full. */
    private static final int PIECES = 64;

    private static final int PIECE = 1024;

    private final MessageDigest digest;

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }

    void add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    void add(TokenSource source) {
        long size = source.size();
        add("tokens " + size);
        int length = (int) Math.min(PIECE, size);
        int[] piece = new int[length];
        for (int i = 0; i < PIECES; i++) {
            long last = size - length;
            // Avoids the overflow of last * i in texts of 2^58 tokens.
            source.copy(last / (PIECES - 1) * i + last % (PIECES - 1) * i / (PIECES - 1), piece, 0, length);
            add(piece, length);
        }
    }

    void add(int[] ids, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length * Integer.BYTES);
        bytes.asIntBuffer().put(ids, 0, length);
        digest.update(bytes);
    }

    /** Completes the hash and returns its first half. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }
}
