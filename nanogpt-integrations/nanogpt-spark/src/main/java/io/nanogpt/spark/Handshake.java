package io.nanogpt.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves to both ends of a connection that the other knows the key of the run: each sends random bytes, and the other their
 * HMAC with its rank and the kind of the connection.
 */
final class Handshake {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAGIC = 0x6e677074;
    private static final int NONCE = 32;

    private final byte[] key;

    Handshake(byte[] key) {
        this.key = key.clone();
    }

    /** Who connects, and for what. */
    record Caller(int rank, int kind) {}

    /** A key of a token and the secret of the cluster, which is empty if there is none. */
    static byte[] key(String token, String secret) {
        return hmac((secret + "\n").getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    /** Introduces this end. */
    void call(DataInputStream in, DataOutputStream out, Caller caller) throws IOException {
        byte[] mine = nonce();
        out.writeInt(MAGIC);
        out.writeInt(caller.rank());
        out.writeInt(caller.kind());
        out.write(mine);
        out.flush();
        byte[] theirs = read(in);
        out.write(proof("caller", theirs, caller));
        out.flush();
        require(read(in), proof("called", mine, caller));
    }

    /** Answers an end that introduces itself. */
    Caller answer(DataInputStream in, DataOutputStream out) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("a program that is no worker of this run has connected");
        }
        Caller caller = new Caller(in.readInt(), in.readInt());
        byte[] theirs = read(in);
        byte[] mine = nonce();
        out.write(mine);
        out.flush();
        require(read(in), proof("caller", mine, caller));
        out.write(proof("called", theirs, caller));
        out.flush();
        return caller;
    }

    private static byte[] nonce() {
        byte[] bytes = new byte[NONCE];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static byte[] read(DataInputStream in) throws IOException {
        byte[] bytes = new byte[NONCE];
        in.readFully(bytes);
        return bytes;
    }

    private byte[] proof(String end, byte[] nonce, Caller caller) {
        byte[] text = (end + " " + caller.rank() + " " + caller.kind() + " ").getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[text.length + nonce.length];
        System.arraycopy(text, 0, message, 0, text.length);
        System.arraycopy(nonce, 0, message, text.length, nonce.length);
        return hmac(key, message);
    }

    private static void require(byte[] given, byte[] expected) throws IOException {
        if (!MessageDigest.isEqual(given, expected)) {
            throw new IOException("a program that does not know the key of this run has connected");
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }
}
