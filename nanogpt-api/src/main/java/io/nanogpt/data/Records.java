package io.nanogpt.data;

import io.nanogpt.data.Examples.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Examples of one record each, such as a caption or a line. A record shorter than the context is padded, and the
 * padding is excluded from the loss; a longer one is truncated. Immutable.
 */
public final class Records implements Examples {
    private final int[][] records;
    private final Order order;
    private final long tokens;

    private Records(int[][] records, Order order) {
        this.records = records;
        this.order = order;
        this.tokens = Arrays.stream(records).mapToLong(record -> record.length).sum();
    }

    /**
     * Returns examples of these records, in {@link Order#SHUFFLED} epochs.
     *
     * @param records the ids of each record
     * @throws IllegalArgumentException if there is none, or one has less than two ids and so nothing to predict
     */
    public static Records of(List<int[]> records) {
        if (Objects.requireNonNull(records, "records").isEmpty()) {
            throw new IllegalArgumentException("there are no records; give at least one");
        }
        List<int[]> copies = new ArrayList<>(records.size());
        for (int[] record : records) {
            if (record.length < 2) {
                throw new IllegalArgumentException("record " + copies.size() + " (counted from 0) has " + record.length
                        + " tokens; a record needs at least two, the second to be predicted from the first");
            }
            copies.add(record.clone());
        }
        return new Records(copies.toArray(int[][]::new), Order.SHUFFLED);
    }

    /** Returns a copy with this order. */
    public Records withOrder(Order order) {
        return new Records(records, Objects.requireNonNull(order, "order"));
    }

    /** Returns the order of the examples in a run. */
    public Order order() {
        return order;
    }

    /** Returns the number of records. */
    public int count() {
        return records.length;
    }

    /** Returns the number of ids of a record. */
    public int length(int record) {
        return records[record].length;
    }

    /**
     * Copies ids of a record. Allocates nothing.
     *
     * @param record the number of the record, from 0
     * @param from index of the first id
     * @param destination receives them from {@code offset} on
     * @param length the number of ids
     */
    public void copy(int record, int from, int[] destination, int offset, int length) {
        System.arraycopy(records[record], from, destination, offset, length);
    }

    @Override
    public Kind kind() {
        return Kind.RECORDS;
    }

    @Override
    public long tokens() {
        return tokens;
    }

    /** {@inheritDoc} An empty slice is refused. */
    @Override
    public Records slice(double from, double to) {
        Windows.requireRange(from, to);
        int first = (int) (from * records.length);
        int last = (int) (to * records.length);
        if (first == last) {
            throw new IllegalArgumentException("of " + records.length + " records, none is between the shares " + from
                    + " and " + to + "; give more records or a wider slice");
        }
        return new Records(Arrays.copyOfRange(records, first, last), order);
    }
}
