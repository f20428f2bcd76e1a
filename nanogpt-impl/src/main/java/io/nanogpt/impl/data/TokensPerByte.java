package io.nanogpt.impl.data;

import io.nanogpt.data.Examples;
import io.nanogpt.data.Records;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The tokens of a text divided by its bytes in UTF-8, by which a loss per token becomes one per byte. */
public final class TokensPerByte {
    /** Ids that are decoded at once; where two such parts meet, a word tokenizer loses a space. */
    private static final int DECODED_AT_ONCE = 1 << 16;

    /** Of a longer text the beginning stands for the whole. */
    private static final long MOST_DECODED = 1L << 24;

    private TokensPerByte() {}

    /** The ratio of a text with this many tokens; empty for an empty text. */
    public static OptionalDouble of(String text, long tokens) {
        long bytes = utf8Length(text);
        return bytes == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) tokens / bytes);
    }

    /** The bytes of a text in UTF-8; half of a surrogate pair counts as the question mark that replaces it. */
    static long utf8Length(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                bytes += Character.isSurrogate(c) ? 1 : 3;
            }
        }
        return bytes;
    }

    /**
     * The ratio of examples, by the text that a tokenizer decodes them to; empty for a mixture, whose parts have
     * different ones, and for ids without text, such as padding.
     */
    public static OptionalDouble of(Examples examples, Tokenizer tokenizer) {
        return switch (examples.kind()) {
            case WINDOWS -> ofWindows((Windows) examples, tokenizer);
            case RECORDS -> ofRecords((Records) examples, tokenizer);
            case MIXTURE -> OptionalDouble.empty();
        };
    }

    private static OptionalDouble ofWindows(Windows windows, Tokenizer tokenizer) {
        TokenSource source = windows.source();
        long begin = (long) (windows.from() * source.size());
        long end = Math.min((long) (windows.to() * source.size()), begin + MOST_DECODED);
        int[] ids = new int[(int) Math.min(DECODED_AT_ONCE, end - begin)];
        long bytes = 0;
        for (long at = begin; at < end; at += ids.length) {
            int count = (int) Math.min(ids.length, end - at);
            source.copy(at, ids, 0, count);
            long decoded = bytes(tokenizer, Arrays.copyOf(ids, count));
            if (decoded < 0) {
                return OptionalDouble.empty();
            }
            bytes += decoded;
        }
        return bytes == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) (end - begin) / bytes);
    }

    private static OptionalDouble ofRecords(Records records, Tokenizer tokenizer) {
        long tokens = 0;
        long bytes = 0;
        for (int i = 0; i < records.count() && tokens < MOST_DECODED; i++) {
            int[] ids = predicted(records, i);
            long decoded = bytes(tokenizer, ids);
            if (decoded < 0) {
                return OptionalDouble.empty();
            }
            tokens += ids.length;
            bytes += decoded;
        }
        return bytes == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) tokens / bytes);
    }

    /** The ids of a record that count in the loss. */
    private static int[] predicted(Records records, int record) {
        int[] ids = new int[records.length(record)];
        records.copy(record, 0, ids, 0, ids.length);
        return IntStream.range(0, ids.length)
                .filter(index -> records.isPredicted(record, index))
                .map(index -> ids[index])
                .toArray();
    }

    /** The bytes of some ids; -1 if one of them has no token, which is no error of a model that has the id. */
    private static long bytes(Tokenizer tokenizer, int[] ids) {
        try {
            return tokenizer.decodeBytes(ids).length;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }
}
