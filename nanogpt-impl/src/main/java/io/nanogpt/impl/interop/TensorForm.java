package io.nanogpt.impl.interop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How a checkpoint stores a parameter of ours: the same numbers in another order, or numbers of another meaning. */
sealed interface TensorForm {
    /** The shape of a tensor of theirs, of the shape of ours. */
    default List<Long> theirs(List<Long> shape) {
        return shape;
    }

    /** The shape of a parameter of ours, of the shape of theirs. */
    default List<Long> ours(List<Long> shape) {
        return shape;
    }

    /**
     * Numbers of ours, from theirs; may be the same array, changed.
     *
     * @param shape of theirs
     */
    float[] read(float[] theirs, List<Long> shape);

    /**
     * Numbers of theirs, from ours; may be the same array, changed.
     *
     * @param shape of ours
     */
    float[] write(float[] ours, List<Long> shape);

    /** As here. */
    record Same() implements TensorForm {
        @Override
        public float[] read(float[] theirs, List<Long> shape) {
            return theirs;
        }

        @Override
        public float[] write(float[] ours, List<Long> shape) {
            return ours;
        }
    }

    /** Matrices {@code (inputs, outputs)}; vectors are the same. */
    record Transposed() implements TensorForm {
        @Override
        public List<Long> theirs(List<Long> shape) {
            List<Long> reversed = new ArrayList<>(shape);
            Collections.reverse(reversed);
            return List.copyOf(reversed);
        }

        @Override
        public List<Long> ours(List<Long> shape) {
            return theirs(shape);
        }

        @Override
        public float[] read(float[] theirs, List<Long> shape) {
            if (shape.size() != 2) {
                return theirs;
            }
            int rows = (int) (long) shape.get(0);
            int columns = (int) (long) shape.get(1);
            float[] transposed = new float[theirs.length];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    transposed[column * rows + row] = theirs[row * columns + column];
                }
            }
            return transposed;
        }

        @Override
        public float[] write(float[] ours, List<Long> shape) {
            return read(ours, shape);
        }
    }

    /** Tables {@code (1, rows, columns)}. */
    record LeadingOne() implements TensorForm {
        @Override
        public List<Long> theirs(List<Long> shape) {
            List<Long> longer = new ArrayList<>(shape);
            longer.add(0, 1L);
            return List.copyOf(longer);
        }

        @Override
        public List<Long> ours(List<Long> shape) {
            return shape.size() == 3 ? shape.subList(1, 3) : shape;
        }

        @Override
        public float[] read(float[] theirs, List<Long> shape) {
            return theirs;
        }

        @Override
        public float[] write(float[] ours, List<Long> shape) {
            return ours;
        }
    }

    /** The weight of a norm that multiplies by {@code 1 + weight}, as in Gemma. */
    record LessOne() implements TensorForm {
        @Override
        public float[] read(float[] theirs, List<Long> shape) {
            return plus(theirs, 1);
        }

        @Override
        public float[] write(float[] ours, List<Long> shape) {
            return plus(ours, -1);
        }

        private static float[] plus(float[] values, float addend) {
            for (int i = 0; i < values.length; i++) {
                values[i] += addend;
            }
            return values;
        }
    }

    /**
     * A table with rows before the first that is used, which are zeros when written.
     *
     * @param rows number of unused rows
     */
    record AfterRows(int rows) implements TensorForm {
        @Override
        public List<Long> theirs(List<Long> shape) {
            return withRows(shape, rows);
        }

        @Override
        public List<Long> ours(List<Long> shape) {
            return withRows(shape, -rows);
        }

        private static List<Long> withRows(List<Long> shape, int more) {
            List<Long> other = new ArrayList<>(shape);
            other.set(0, Math.addExact(shape.get(0), (long) more));
            return List.copyOf(other);
        }

        @Override
        public float[] read(float[] theirs, List<Long> shape) {
            float[] ours = new float[theirs.length - unused(shape)];
            System.arraycopy(theirs, unused(shape), ours, 0, ours.length);
            return ours;
        }

        @Override
        public float[] write(float[] ours, List<Long> shape) {
            float[] theirs = new float[ours.length + unused(shape)];
            System.arraycopy(ours, 0, theirs, unused(shape), ours.length);
            return theirs;
        }

        private int unused(List<Long> shape) {
            return Math.toIntExact(rows * shape.get(1));
        }
    }

    /**
     * Rows of queries or keys whose rotated features stand in pairs, as in Meta's Llama and in llama.cpp. Ours are the
     * first features of all pairs of a head, then the second ones, then those that are not rotated.
     *
     * @param headSize features of a head
     * @param turned rotated features of a head
     */
    record PairedRotary(int headSize, int turned) implements TensorForm {
        @Override
        public float[] read(float[] theirs, List<Long> shape) {
            return reorder(theirs, shape, true);
        }

        @Override
        public float[] write(float[] ours, List<Long> shape) {
            return reorder(ours, shape, false);
        }

        private float[] reorder(float[] from, List<Long> shape, boolean reading) {
            float[] to = from.clone();
            int width = from.length / (int) (long) shape.get(0);
            for (int head = 0; head < from.length; head += headSize * width) {
                for (int pair = 0; pair < turned / 2; pair++) {
                    for (int half = 0; half < 2; half++) {
                        int ours = head + (half * turned / 2 + pair) * width;
                        int theirs = head + (2 * pair + half) * width;
                        System.arraycopy(from, reading ? theirs : ours, to, reading ? ours : theirs, width);
                    }
                }
            }
            return to;
        }
    }

    /**
     * Queries, keys and values by group: the queries that share keys and values, those keys, those values, then the next
     * group. Ours are all queries, all keys, all values.
     *
     * @param groups heads of keys and values
     * @param queries query heads of a group
     */
    record ByGroup(int groups, int queries) implements TensorForm {
        @Override
        public float[] read(float[] theirs, List<Long> shape) {
            return reorder(theirs, true);
        }

        @Override
        public float[] write(float[] ours, List<Long> shape) {
            return reorder(ours, false);
        }

        private float[] reorder(float[] from, boolean reading) {
            float[] to = new float[from.length];
            int head = from.length / (groups * (queries + 2));
            int keys = groups * queries;
            for (int group = 0; group < groups; group++) {
                int theirs = group * (queries + 2);
                move(from, to, head, reading, new int[] {group * queries, theirs, queries});
                move(from, to, head, reading, new int[] {keys + group, theirs + queries, 1});
                move(from, to, head, reading, new int[] {keys + groups + group, theirs + queries + 1, 1});
            }
            return to;
        }

        /** Copies some heads; the place has the first of ours, the first of theirs and how many. */
        private static void move(float[] from, float[] to, int head, boolean reading, int[] place) {
            int ours = place[0] * head;
            int theirs = place[1] * head;
            System.arraycopy(from, reading ? theirs : ours, to, reading ? ours : theirs, place[2] * head);
        }
    }
}
