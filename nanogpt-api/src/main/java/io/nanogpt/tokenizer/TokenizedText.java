package io.nanogpt.tokenizer;

import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A text cut into its tokens, to look at.
 *
 * <pre>{@code
 * TokenizedText text = TokenizedText.of(tokenizer, "Two carcinomas");
 * text.pieces().forEach(piece -> System.out.println(piece.id() + " " + piece.text()));
 * System.out.println(text.bytesPerToken());
 * }</pre>
 *
 * @param bytes the length of the text in UTF-8
 * @param pieces its tokens, in order
 */
public record TokenizedText(long bytes, List<Piece> pieces) {
    /**
     * A token of the text.
     *
     * @param id in the tokenizer's vocabulary
     * @param text what the token adds to the decoded text; bytes that are part of a character are written as
     *     {@code ‹E2 80›}
     * @param isSpecial whether it is a special token
     */
    public record Piece(int id, String text, boolean isSpecial) {}

    public TokenizedText {
        pieces = List.copyOf(pieces);
    }

    /**
     * Encodes a text as {@link Tokenizer#encode(String)} does.
     *
     * @throws IllegalArgumentException if the tokenizer refuses the text
     */
    public static TokenizedText of(Tokenizer tokenizer, String text) {
        Set<Integer> special = new HashSet<>(tokenizer.specialTokens().values());
        IncrementalDecoder decoder = tokenizer.incrementalDecoder();
        List<Piece> pieces = new ArrayList<>();
        for (int id : tokenizer.encode(text)) {
            boolean isPart = decoder.isPending();
            String added = decoder.add(id);
            isPart |= decoder.isPending();
            pieces.add(new Piece(id, isPart ? visible(tokenizer.decodeBytes(id)) : added, special.contains(id)));
        }
        return new TokenizedText(text.getBytes(StandardCharsets.UTF_8).length, pieces);
    }

    /** Decodes UTF-8, with the bytes of incomplete characters as numbers. */
    private static String visible(byte[] utf8) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(utf8.length);
        StringBuilder text = new StringBuilder();
        List<String> broken = new ArrayList<>();
        while (in.hasRemaining()) {
            CoderResult result = decoder.decode(in, out.clear(), true);
            if (out.flip().hasRemaining()) {
                append(text, broken);
                text.append(out);
            }
            for (int i = 0; result.isError() && i < result.length(); i++) {
                broken.add(String.format(Locale.ROOT, "%02X", in.get()));
            }
        }
        append(text, broken);
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> broken) {
        if (!broken.isEmpty()) {
            text.append('‹').append(String.join(" ", broken)).append('›');
            broken.clear();
        }
    }

    /** Returns the mean number of bytes per token; 0 for an empty text. */
    public double bytesPerToken() {
        return pieces.isEmpty() ? 0 : (double) bytes / pieces.size();
    }
}
