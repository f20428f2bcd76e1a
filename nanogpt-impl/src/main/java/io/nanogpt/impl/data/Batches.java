package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.Windows;
import io.nanogpt.impl.data.Rows.Epochs;
import io.nanogpt.impl.data.Rows.Mixed;
import io.nanogpt.impl.data.Rows.Once;
import io.nanogpt.impl.data.Rows.Random;
import io.nanogpt.impl.random.CounterRandom;
import java.util.OptionalLong;

/**
 * Batches of examples. A batch depends only on the examples, the key and its index, so a resumed run sees the same
 * batches, and threads may request them in any order.
 */
public final class Batches {
    /** The target where there is nothing to predict; the loss ignores it. */
    public static final int IGNORED_TARGET = -1;

    private final Rows rows;
    private final Size size;
    private final String description;

    /**
     * The size of a batch.
     *
     * @param batch sequences, B
     * @param context tokens of a sequence, T
     * @param vocabulary every id is below it
     */
    public record Size(int batch, int context, int vocabulary) {
        public Size {
            if (batch < 1 || context < 1) {
                throw new IllegalArgumentException(
                        "batch and context must be at least 1, but are " + batch + " and " + context);
            }
            if ((long) batch * context > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("a batch has at most " + Integer.MAX_VALUE + " tokens, but " + batch
                        + " sequences of " + context + " have more; accumulate smaller batches");
            }
        }

        /** Tokens of a batch. */
        public int tokens() {
            return batch * context;
        }
    }

    private Batches(Rows rows, Size size, String description) {
        this.rows = rows;
        this.size = size;
        this.description = description;
    }

    /**
     * Batches in the order of the examples. In an order with epochs, batch 1 is the first: training steps count from 1.
     *
     * @param key from {@link CounterRandom#key}
     * @throws NanogptException if a text does not hold one sequence and the token after it
     */
    public static Batches of(Examples examples, Size size, long key) {
        Rows rows;
        if (examples instanceof Mixture mixture) {
            rows = new Mixed(mixture, size, key);
        } else {
            rows = rows(ExampleSet.of(examples, size), order(examples), size, key);
        }
        return new Batches(rows, size, size + ", key " + key);
    }

    /** Batches of examples drawn at random from all, whatever their order. */
    public static Batches random(Examples examples, Size size, long key) {
        Rows rows = examples instanceof Mixture mixture
                ? new Mixed(mixture, size, key)
                : new Random(ExampleSet.of(examples, size), key);
        return new Batches(rows, size, size + ", key " + key);
    }

    /**
     * Batches of every example once, in order, from batch 0 on: every token of a text but the first is predicted once,
     * whatever the stride. The rest of the last batch has nothing to predict.
     *
     * @throws IllegalArgumentException if the examples are a mixture, which has no end; its parts have one
     */
    public static Batches once(Examples examples, Size size) {
        if (examples instanceof Mixture) {
            throw new IllegalArgumentException(
                    "a mixture has no end, so it cannot be taken whole; take each of its" + " parts");
        }
        ExampleSet set = ExampleSet.whole(examples, size);
        return new Batches(new Once(set, size.context()), size, size + ", once");
    }

    /** The number of batches that hold every example, of {@link #once}. */
    public long count() {
        if (rows instanceof Once once) {
            return (once.set().count() + size.batch() - 1) / size.batch();
        }
        throw new IllegalStateException("only batches that were made by once() have an end");
    }

    /**
     * The tokens of one epoch's sequences, if the order has epochs; with a stride below the context more than the text
     * has.
     */
    public OptionalLong epochTokens() {
        return rows instanceof Epochs epochs
                ? OptionalLong.of(epochs.set().count() * size.context())
                : OptionalLong.empty();
    }

    private static Order order(Examples examples) {
        return switch (examples.kind()) {
            case WINDOWS -> ((Windows) examples).order();
            case RECORDS -> ((Records) examples).order();
            case MIXTURE -> throw new IllegalArgumentException("a mixture has no order of its own: " + examples);
        };
    }

    private static Rows rows(ExampleSet set, Order order, Size size, long key) {
        return order == Order.RANDOM
                ? new Random(set, key)
                : new Epochs(set, order == Order.SHUFFLED, size.batch(), key);
    }

    /** The number of targets of a batch that are predicted. */
    public static int predicted(int[] targets) {
        int count = 0;
        for (int target : targets) {
            count += target == IGNORED_TARGET ? 0 : 1;
        }
        return count;
    }

    /** The size of a batch. */
    public Size size() {
        return size;
    }

    /**
     * Fills a batch. Allocates nothing.
     *
     * @param index of the batch
     * @param inputs receives {@code (B, T)} ids, row-major
     * @param targets receives for every input the id that follows it, or {@link #IGNORED_TARGET}
     * @throws NanogptException if an id is not below the vocabulary
     */
    public void fill(long index, int[] inputs, int[] targets) {
        for (int row = 0; row < size.batch(); row++) {
            rows.copy(index * size.batch() + row, inputs, targets, row * size.context());
        }
    }

    /**
     * Writes the positions of a batch: of each token in its own example, from 0. Allocates nothing.
     *
     * @param index of the batch
     * @param positions receives {@code (B, T)} positions, row-major
     */
    public void positions(long index, int[] positions) {
        for (int row = 0; row < size.batch(); row++) {
            rows.positions(index * size.batch() + row, positions, row * size.context());
        }
    }

    /** Whether a sequence may hold several examples. */
    public static boolean packed(Examples examples) {
        return switch (examples.kind()) {
            case WINDOWS -> false;
            case RECORDS -> ((Records) examples).packed();
            case MIXTURE -> ((Mixture) examples).parts().stream().anyMatch(part -> packed(part.examples()));
        };
    }

    /** The cursor of a run whose next batch is {@code next}, for {@link #resume}. */
    public DataCursor cursor(long next) {
        long row = next * size.batch();
        return new DataCursor(next, rows.epoch(row), rows.position(row), fingerprint());
    }

    /**
     * The index of the next batch at a {@link #cursor}.
     *
     * @throws NanogptException if the cursor is of other examples, another size or another key
     */
    public long resume(DataCursor cursor) {
        if (!cursor.data().equals(fingerprint())) {
            throw new NanogptException("the run to be resumed took its batches from other data ("
                    + cursor.data()
                    + ") than these (" + fingerprint() + "); give the same text, tokenizer, order, batch size, context"
                    + " length and seed");
        }
        return cursor.nextBatch();
    }

    private String fingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.add(description);
        rows.describe(fingerprint);
        return fingerprint.toString();
    }
}
