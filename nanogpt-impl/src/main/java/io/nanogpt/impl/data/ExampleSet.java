package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Records;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Examples by number, cut or padded to a context. */
abstract sealed class ExampleSet {
    final int context;
    private final int vocabulary;

    private ExampleSet(Batches.Size size) {
        context = size.context();
        vocabulary = size.vocabulary();
    }

    /** The set of windows or records. */
    static ExampleSet of(Examples examples, Batches.Size size) {
        return switch (examples.kind()) {
            case WINDOWS -> new WindowSet((Windows) examples, size);
            case RECORDS ->
                ((Records) examples).packed()
                        ? new PackedSet((Records) examples, size)
                        : new RecordSet((Records) examples, size);
            case MIXTURE -> throw new IllegalArgumentException("expected windows or records, but got " + examples);
        };
    }

    /** The set of records, or of windows that do not overlap and reach to the end of the text. */
    static ExampleSet whole(Examples examples, Batches.Size size) {
        return examples instanceof Windows windows ? new WholeText(windows, size) : of(examples, size);
    }

    /** The number of examples. */
    abstract long count();

    /**
     * Copies an example. Allocates nothing.
     *
     * @param inputs receives {@code (T)} ids from {@code offset} on
     * @param targets receives for each the id that follows, or {@link Batches#IGNORED_TARGET}
     */
    abstract void copy(long number, int[] inputs, int[] targets, int offset);

    /** Writes for each token of an example its position among those that it may attend to; allocates nothing. */
    void positions(long number, int[] positions, int offset) {
        count(positions, offset, context);
    }

    static void count(int[] positions, int offset, int length) {
        for (int i = 0; i < length; i++) {
            positions[offset + i] = i;
        }
    }

    abstract void describe(Fingerprint fingerprint);

    /** The index of the first id outside of the vocabulary, or -1. */
    final int outside(int[] ids, int offset, int length) {
        for (int i = 0; i < length; i++) {
            if (Integer.compareUnsigned(ids[offset + i], vocabulary) >= 0) {
                return i;
            }
        }
        return -1;
    }

    final NanogptException beyondVocabulary(String source, int id, String place) {
        return new NanogptException(source + " has the id " + Integer.toUnsignedString(id) + " " + place
                + ", but the vocabulary has only " + vocabulary + " ids, 0 to " + (vocabulary - 1)
                + "; encode the text with the tokenizer of this model");
    }

    private static final class WindowSet extends ExampleSet {
        private final TokenSource source;
        private final int stride;
        private final long first;
        private final long count;

        WindowSet(Windows windows, Batches.Size size) {
            super(size);
            source = windows.source();
            stride = windows.stride();
            if (source.size() <= context) {
                throw new NanogptException(source + " has " + source.size() + " tokens, and a context length of "
                        + context + " needs at least " + (context + 1L) + "; use more text, a smaller contextLength"
                        + " or another validation fraction");
            }
            // The last start leaves one token after its sequence, for the last target.
            long all = (source.size() - context - 1) / stride + 1;
            first = (long) (windows.from() * all);
            count = (long) (windows.to() * all) - first;
            if (count == 0) {
                throw new NanogptException("of the " + all + " windows of " + source + ", none is between the shares "
                        + windows.from() + " and " + windows.to() + "; use more text or a wider slice");
            }
        }

        @Override
        long count() {
            return count;
        }

        @Override
        void copy(long number, int[] inputs, int[] targets, int offset) {
            long start = (first + number) * stride;
            source.copy(start, inputs, offset, context);
            source.copy(start + 1, targets, offset, context);
            requireVocabulary(start, inputs, offset);
            requireVocabulary(start + 1, targets, offset);
        }

        private void requireVocabulary(long start, int[] ids, int offset) {
            int outside = outside(ids, offset, context);
            if (outside >= 0) {
                throw beyondVocabulary(source.toString(), ids[offset + outside], "at position " + (start + outside));
            }
        }

        @Override
        void describe(Fingerprint fingerprint) {
            fingerprint.add("windows, stride " + stride + ", first " + first + ", count " + count);
            fingerprint.add(source);
        }
    }

    /** Windows one after another; the last one is padded. */
    private static final class WholeText extends ExampleSet {
        private final TokenSource source;
        private final long first;
        private final long predicted;

        WholeText(Windows windows, Batches.Size size) {
            super(size);
            source = windows.source();
            first = (long) (windows.from() * source.size());
            predicted = (long) (windows.to() * source.size()) - first - 1;
            if (predicted < 1) {
                throw new NanogptException(source + " has no two tokens between the shares " + windows.from() + " and "
                        + windows.to() + " to evaluate; use more text or a wider slice");
            }
        }

        @Override
        long count() {
            return (predicted + context - 1) / context;
        }

        @Override
        void copy(long number, int[] inputs, int[] targets, int offset) {
            long start = first + number * context;
            int used = (int) Math.min(context, predicted - number * context);
            source.copy(start, inputs, offset, used);
            source.copy(start + 1, targets, offset, used);
            requireVocabulary(start, inputs, offset, used);
            requireVocabulary(start + 1, targets, offset, used);
            Arrays.fill(inputs, offset + used, offset + context, 0);
            Arrays.fill(targets, offset + used, offset + context, Batches.IGNORED_TARGET);
        }

        private void requireVocabulary(long start, int[] ids, int offset, int used) {
            int outside = outside(ids, offset, used);
            if (outside >= 0) {
                throw beyondVocabulary(source.toString(), ids[offset + outside], "at position " + (start + outside));
            }
        }

        @Override
        void describe(Fingerprint fingerprint) {
            fingerprint.add("text, first " + first + ", predicted " + predicted);
            fingerprint.add(source);
        }
    }

    /** A record a sequence, or a part of one. */
    private static sealed class RecordSet extends ExampleSet {
        final Records records;

        RecordSet(Records records, Batches.Size size) {
            super(size);
            this.records = records;
        }

        @Override
        long count() {
            return records.count();
        }

        /** The positions that a record takes. */
        final int used(int record) {
            return Math.min(context, records.length(record) - 1);
        }

        /** The first id of a record that is too long: its response begins in the context, after half of it at most. */
        private int first(int record) {
            int most = context + 1;
            int tooMany = records.length(record) - most;
            return Math.max(0, Math.min(tooMany, records.lastResponse(record) - Math.max(1, most / 2)));
        }

        @Override
        void copy(long number, int[] inputs, int[] targets, int offset) {
            int used = copyRecord((int) number, inputs, targets, offset);
            pad(used, inputs, targets, offset);
        }

        /** Copies a record and returns the positions that it takes. */
        final int copyRecord(int record, int[] inputs, int[] targets, int offset) {
            int used = used(record);
            int first = first(record);
            records.copy(record, first, inputs, offset, used);
            records.copy(record, first + 1, targets, offset, used);
            requireVocabulary(record, inputs, offset, used);
            requireVocabulary(record, targets, offset, used);
            for (int i = 0; i < used; i++) {
                if (!records.isPredicted(record, first + 1 + i)) {
                    targets[offset + i] = Batches.IGNORED_TARGET;
                }
            }
            return used;
        }

        final void pad(int used, int[] inputs, int[] targets, int offset) {
            // Any input id will do: its target is ignored, and no earlier position attends to it.
            Arrays.fill(inputs, offset + used, offset + context, 0);
            Arrays.fill(targets, offset + used, offset + context, Batches.IGNORED_TARGET);
        }

        private void requireVocabulary(int record, int[] ids, int offset, int used) {
            int outside = outside(ids, offset, used);
            if (outside >= 0) {
                throw beyondVocabulary("record " + record, ids[offset + outside], "in it");
            }
        }

        @Override
        void describe(Fingerprint fingerprint) {
            fingerprint.add("records " + records.count());
            int[] record = new int[0];
            for (int i = 0; i < records.count(); i++) {
                int length = records.length(i);
                record = record.length < length ? new int[length] : record;
                records.copy(i, 0, record, 0, length);
                fingerprint.add(record, length);
                if (records.lastResponse(i) > 0) {
                    for (int id = 0; id < length; id++) {
                        record[id] = records.isPredicted(i, id) ? 1 : 0;
                    }
                    fingerprint.add(record, length);
                }
            }
        }
    }

    /** Several records a sequence. */
    private static final class PackedSet extends RecordSet {
        /** The records of each sequence, in their order in it. */
        private final int[][] rows;

        PackedSet(Records records, Batches.Size size) {
            super(records, size);
            rows = pack();
        }

        /** Best fit, the longest first (Johnson 1973); of the same length in their order. */
        private int[][] pack() {
            Integer[] longestFirst = new Integer[records.count()];
            Arrays.setAll(longestFirst, i -> i);
            Arrays.sort(longestFirst, Comparator.comparingInt((Integer record) -> -used(record)));
            List<List<Integer>> packed = new ArrayList<>();
            TreeMap<Integer, Deque<Integer>> byRoom = new TreeMap<>();
            for (int record : longestFirst) {
                int used = used(record);
                Map.Entry<Integer, Deque<Integer>> fitting = byRoom.ceilingEntry(used);
                int row;
                int room;
                if (fitting == null) {
                    row = packed.size();
                    room = context - used;
                    packed.add(new ArrayList<>());
                } else {
                    row = fitting.getValue().remove();
                    room = fitting.getKey() - used;
                    if (fitting.getValue().isEmpty()) {
                        byRoom.remove(fitting.getKey());
                    }
                }
                packed.get(row).add(record);
                byRoom.computeIfAbsent(room, key -> new ArrayDeque<>()).add(row);
            }
            return packed.stream()
                    .map(row -> row.stream().mapToInt(Integer::intValue).toArray())
                    .toArray(int[][]::new);
        }

        @Override
        long count() {
            return rows.length;
        }

        @Override
        void copy(long number, int[] inputs, int[] targets, int offset) {
            int used = 0;
            for (int record : rows[(int) number]) {
                used += copyRecord(record, inputs, targets, offset + used);
            }
            pad(used, inputs, targets, offset);
        }

        @Override
        void positions(long number, int[] positions, int offset) {
            int used = 0;
            for (int record : rows[(int) number]) {
                count(positions, offset + used, used(record));
                used += used(record);
            }
            count(positions, offset + used, context - used);
        }

        @Override
        void describe(Fingerprint fingerprint) {
            fingerprint.add("packed");
            super.describe(fingerprint);
        }
    }
}
