package io.nanogpt.data;

import io.nanogpt.data.Examples.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * Examples of one record each, such as a caption, a line or a conversation. A record shorter than the context is padded,
 * and the padding is excluded from the loss; a longer one is truncated. Immutable.
 *
 * <p>Of records with ids that are not predicted, such as prompts, a longer one loses its front first, until half of the
 * context is left to what stands before the last predicted part, and then its end: the beginning of a response is kept.
 */
public final class Records implements Examples {
    private final int[][] records;
    /** The indices of the ids that are predicted; of every record, or of none where all are. */
    private final BitSet[] predicted;

    private final Order order;
    private final boolean packed;
    private final long tokens;

    private Records(int[][] records, BitSet[] predicted, Order order, boolean packed) {
        this.records = records;
        this.predicted = predicted;
        this.order = order;
        this.packed = packed;
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
        return new Records(copies.toArray(int[][]::new), new BitSet[0], Order.SHUFFLED, false);
    }

    /**
     * Returns examples of these records, of which only some ids are predicted and count in the loss.
     *
     * @param records the ids of each record
     * @param predicted of each record the indices of its predicted ids, at least one above 0
     * @throws IllegalArgumentException as {@link #of(List)} does, and if a record has no predicted id
     */
    public static Records of(List<int[]> records, List<BitSet> predicted) {
        Records all = of(records);
        if (predicted.size() != records.size()) {
            throw new IllegalArgumentException("there are " + records.size() + " records, but the predicted ids of "
                    + predicted.size() + "; give those of every record");
        }
        BitSet[] copies = new BitSet[predicted.size()];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = (BitSet) predicted.get(i).clone();
            int first = copies[i].nextSetBit(1);
            if (first < 0 || copies[i].length() > all.length(i)) {
                throw new IllegalArgumentException("record " + i + " (counted from 0) has " + all.length(i)
                        + " ids, of which " + copies[i] + " are predicted; give at least one index from 1 on, all below"
                        + " the number of ids");
            }
        }
        return new Records(all.records, copies, Order.SHUFFLED, false);
    }

    /** Returns a copy with this order. */
    public Records withOrder(Order order) {
        return new Records(records, predicted, Objects.requireNonNull(order, "order"), packed);
    }

    /**
     * Returns a copy that puts several records into a sequence where they fit, or not; false by default. No token attends
     * to another record, and positions begin anew with each, so that the loss and its gradients are those of the records
     * alone. A sequence has the records that leave the least of it empty, the longest first; the order is of sequences.
     * Only models whose layers read earlier tokens by attention alone can be trained so.
     */
    public Records withPacking(boolean value) {
        return new Records(records, predicted, order, value);
    }

    /** Whether several records share a sequence. */
    public boolean packed() {
        return packed;
    }

    /** Whether the id at an index of a record is predicted and counts in the loss. */
    public boolean isPredicted(int record, int index) {
        return predicted.length == 0 || predicted[record].get(index);
    }

    /** Returns the index of the first id of the last part of a record that is predicted; 0 where all are. */
    public int lastResponse(int record) {
        if (predicted.length == 0) {
            return 0;
        }
        BitSet ids = predicted[record];
        return ids.previousClearBit(ids.length() - 1) + 1;
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
        BitSet[] own = predicted.length == 0 ? predicted : Arrays.copyOfRange(predicted, first, last);
        return new Records(Arrays.copyOfRange(records, first, last), own, order, packed);
    }
}
