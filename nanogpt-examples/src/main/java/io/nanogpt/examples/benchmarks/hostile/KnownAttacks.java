package io.nanogpt.examples.benchmarks.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Inputs that no mutation finds: bombs of archives, pickles, JSON and patterns, and very large sizes. */
final class KnownAttacks {
    private static final int LONG_KEY = 49_000;
    private static final int MANY = 60_000;
    private static final int MEGABYTE = 1 << 20;
    private static final int BOMB_MEGABYTES = 64;
    private static final int MANY_DIMENSIONS = 20_000;
    private static final int TENSORS = 100;

    private KnownAttacks() {}

    /** A complete file in place of the subject's own. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Attack(String label, byte[] content) {}

    /** The attacks on a subject. */
    static List<Attack> on(Subject subject) throws IOException {
        List<Attack> attacks = new ArrayList<>();
        byte[] original = Files.readAllBytes(subject.folder().resolve(subject.file()));
        attacks.add(new Attack("nothing", new byte[0]));
        attacks.add(new Attack("zeros", new byte[4096]));
        switch (subject.format()) {
            case JSON -> json(new String(original, UTF_8), attacks);
            case SAFETENSORS -> attacks.add(new Attack("header of 2^62 bytes", safetensors(1L << 62, "{}")));
            case ZIP -> archives(attacks);
            case LINES ->
                attacks.add(
                        new Attack("one line of 4 MB", "a".repeat(4 * MEGABYTE).getBytes(US_ASCII)));
            case PROTOBUF, BYTES -> attacks.add(new Attack("ones", filled(4096)));
        }
        if (subject.file().endsWith("tokenizer.json") || subject.name().startsWith("tokenizer/")) {
            patterns(new String(original, UTF_8), attacks);
        }
        return attacks;
    }

    private static void json(String original, List<Attack> attacks) {
        String key = "k".repeat(LONG_KEY);
        String numbers = "1,".repeat(MANY) + "1";
        add(attacks, "long key over an array", inserted(original, "\"" + key + "\":[" + numbers + "]"));
        add(
                attacks,
                "long key over objects",
                inserted(original, "\"" + key + "\":[" + "{\"a\":1},".repeat(9_999) + "1]"));
        add(attacks, "deep arrays", inserted(original, "\"a\":" + "[".repeat(MANY) + "]".repeat(MANY)));
        add(attacks, "deep objects", "{\"a\":".repeat(MANY) + "1" + "}".repeat(MANY));
        add(attacks, "number of a million digits", inserted(original, "\"a\":" + "9".repeat(1_000_000)));
        for (String value : List.of("2147483647", "9223372036854775807", "1e307", "1e308", "1e-320")) {
            // All numbers at once, and each member alone.
            add(attacks, "every number is " + value, original.replaceAll("(?<=[:\\[,]\\s?)-?\\d+(\\.\\d+)?", value));
            numberMembers(original)
                    .forEach(member -> add(attacks, member + " is " + value, replaced(original, member, value)));
        }
    }

    private static List<String> numberMembers(String json) {
        return Pattern.compile("\"([A-Za-z_0-9]{1,40})\"\\s*:\\s*-?\\d")
                .matcher(json)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .limit(40)
                .toList();
    }

    private static String replaced(String json, String member, String value) {
        return json.replaceAll("(\"" + member + "\"\\s*:\\s*)-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?", "$1" + value);
    }

    private static String inserted(String json, String member) {
        int at = json.indexOf('{');
        return at < 0 ? "{" + member + "}" : json.substring(0, at + 1) + member + "," + json.substring(at + 1);
    }

    private static void patterns(String original, List<Attack> attacks) {
        for (String pattern : List.of("(?:a|b)+", "(a|a)*b", "(a+)+b", "(t|tu|u|m)*x", "(.*)*y", "((((a*)*)*)*)*z")) {
            add(
                    attacks,
                    "pattern " + pattern,
                    original.replaceAll(
                            "\"Regex\"\\s*:\\s*\"(?:[^\"\\\\]|\\\\.)*+\"",
                            Matcher.quoteReplacement("\"Regex\": \"" + pattern + "\"")));
        }
    }

    private static void archives(List<Attack> attacks) throws IOException {
        Map<String, byte[]> bomb = new LinkedHashMap<>();
        bomb.put("archive/data.pkl", new byte[BOMB_MEGABYTES * MEGABYTE]);
        attacks.add(new Attack("zip bomb", ZipMutation.archive(bomb, true)));
        attacks.add(new Attack("pickle of many dimensions", torch(manyDimensions())));
        attacks.add(new Attack("pickle of nested tuples", torch(nested())));
        attacks.add(new Attack("pickle of doubled lists", torch(doubled())));
        attacks.add(new Attack("pickle that calls os.system", torch("cos\nsystem\n(S'true'\ntR.".getBytes(US_ASCII))));
    }

    private static byte[] torch(byte[] pickle) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", pickle);
        entries.put("archive/byteorder", "little".getBytes(US_ASCII));
        entries.put("archive/data/0", new byte[Float.BYTES]);
        entries.put("archive/version", "3\n".getBytes(US_ASCII));
        return ZipMutation.archive(entries, false);
    }

    /** Tensors that share one shape of very many dimensions. */
    private static byte[] manyDimensions() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2, '}', '('});
        out.writeBytes(text("shape"));
        out.write('(');
        out.writeBytes("K\1".repeat(MANY_DIMENSIONS).getBytes(US_ASCII));
        out.writeBytes("tq\0".getBytes(US_ASCII));
        out.writeBytes(text("f"));
        out.writeBytes("ctorch._utils\n_rebuild_tensor_v2\nq\1".getBytes(US_ASCII));
        out.writeBytes(text("st"));
        out.write('(');
        out.writeBytes(text("storage"));
        out.writeBytes("ctorch\nFloatStorage\n".getBytes(US_ASCII));
        out.writeBytes(text("0"));
        out.writeBytes(text("cpu"));
        out.writeBytes("K\1tQq\2".getBytes(US_ASCII));
        for (int i = 0; i < TENSORS; i++) {
            out.writeBytes(text("t" + i));
            out.writeBytes("h\1(h\2K\0h\0h\0".getBytes(US_ASCII));
            out.write(0x89);
            out.writeBytes("}tR".getBytes(US_ASCII));
        }
        out.writeBytes("u.".getBytes(US_ASCII));
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return ByteBuffer.allocate(1 + Integer.BYTES + text.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'X')
                .putInt(text.length())
                .put(text.getBytes(US_ASCII))
                .array();
    }

    private static byte[] nested() {
        return ("\u0000)" + "\u0085".repeat(MANY) + ".").getBytes(ISO_8859_1);
    }

    /** Lists of which each holds the one before twice: small to write, 2^60 elements to walk. */
    private static byte[] doubled() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2, ']', 'q', 0});
        for (int i = 1; i <= 60; i++) {
            out.writeBytes(new byte[] {']', 'q', (byte) i, '(', 'h', (byte) (i - 1), 'h', (byte) (i - 1), 'e'});
        }
        out.write('.');
        return out.toByteArray();
    }

    private static byte[] safetensors(long length, String header) {
        byte[] text = header.getBytes(UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) -1);
        return bytes;
    }

    private static void add(List<Attack> attacks, String label, String content) {
        attacks.add(new Attack(label, content.getBytes(UTF_8)));
    }
}
