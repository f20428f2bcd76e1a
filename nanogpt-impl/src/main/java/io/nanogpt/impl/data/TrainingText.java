package io.nanogpt.impl.data;

import io.nanogpt.data.Examples;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import java.util.Arrays;

/** The tokens of training examples as one text, for counting. Every token that an example can hold is there once. */
public final class TrainingText {
    /** Stands between texts that do not continue each other, and for ids beyond the vocabulary, which no batch takes. */
    public static final int BOUNDARY = -1;

    private final Batches.Size size;
    private int[] text;
    private int length;

    private TrainingText(Batches.Size size, int capacity) {
        this.size = size;
        text = new int[capacity];
    }

    /**
     * The text of examples that are small enough for an array; of a mixture, that of its parts, one after the other
     * and without their weights.
     *
     * @return ids and {@link #BOUNDARY}
     */
    public static int[] of(Examples examples, Batches.Size size) {
        TrainingText text = new TrainingText(size, (int) examples.tokens() + size.context() + 2);
        text.add(examples);
        return Arrays.copyOf(text.text, text.length);
    }

    private void add(Examples examples) {
        switch (examples.kind()) {
            case WINDOWS -> add((Windows) examples);
            case RECORDS -> add((Records) examples);
            case MIXTURE -> ((Mixture) examples).parts().forEach(part -> add(part.examples()));
        }
    }

    private void add(Windows windows) {
        TokenSource source = windows.source();
        int span = size.context() + 1;
        long all = (source.size() - span) / windows.stride() + 1;
        long first = (long) (windows.from() * all);
        long last = (long) (windows.to() * all) - 1;
        if (windows.stride() <= span) {
            long start = first * windows.stride();
            int count = (int) (last * windows.stride() + span - start);
            int at = extend(count);
            source.copy(start, text, at, count);
            end(at);
            return;
        }
        for (long number = first; number <= last; number++) {
            int at = extend(span);
            source.copy(number * windows.stride(), text, at, span);
            end(at);
        }
    }

    private void add(Records records) {
        for (int record = 0; record < records.count(); record++) {
            int count = Math.min(size.context() + 1, records.length(record));
            int at = extend(count);
            records.copy(record, 0, text, at, count);
            end(at);
        }
    }

    /** Makes room for a text and the boundary after it. */
    private int extend(int count) {
        int at = length;
        length += count + 1;
        if (length > text.length) {
            text = Arrays.copyOf(text, Math.max(length, (int) Math.min(Integer.MAX_VALUE - 8, 2L * text.length)));
        }
        return at;
    }

    private void end(int from) {
        for (int i = from; i < length - 1; i++) {
            text[i] = Integer.compareUnsigned(text[i], size.vocabulary()) < 0 ? text[i] : BOUNDARY;
        }
        text[length - 1] = BOUNDARY;
    }
}
