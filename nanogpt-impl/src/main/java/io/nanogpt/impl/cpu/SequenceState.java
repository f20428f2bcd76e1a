package io.nanogpt.impl.cpu;

import java.util.Arrays;
import java.util.List;

/** The state of a sequence that is decoded: keys and values that grow with it, and memory of a fixed size. */
final class SequenceState {
    /** Tokens for which a new state has memory: a context may be far longer than what is generated. */
    static final int FIRST_ROOM = 64;
    /** Elements of the widest vectors. */
    private static final int VECTOR = 16;

    /** How an array of a state depends on the tokens. */
    enum Kind {
        /** A row for each feature, with a column for each token. */
        COLUMNS,
        /** A row for each token. */
        ROWS,
        /** Of fixed size: that after the last token. */
        LAST
    }

    /** An array of a state, of {@code width} floats a token, or in all if it is of fixed size. */
    record Spec(Kind kind, int width) {}

    private final List<Spec> specs;
    private final float[][] arrays;
    /** The ids before the next token that operations read. */
    final int[] history;
    /** Tokens that it holds. */
    int length;
    /** Tokens before them that were dropped. */
    int dropped;
    /** Tokens for which there is memory. */
    private int room;

    /** An empty state, without memory for tokens. */
    SequenceState(List<Spec> specs, int history) {
        this.specs = specs;
        this.history = new int[history];
        arrays = new float[specs.size()][];
        for (int i = 0; i < arrays.length; i++) {
            Spec spec = specs.get(i);
            arrays[i] = new float[spec.kind() == Kind.LAST ? spec.width() : 0];
        }
    }

    /** A number of tokens, rounded up to whole vectors. */
    static long wholeVectors(long tokens) {
        return (tokens + VECTOR - 1) / VECTOR * VECTOR;
    }

    /** The memory of an array; another one after {@link #reserve}. */
    float[] array(int index) {
        return arrays[index];
    }

    int room() {
        return room;
    }

    /**
     * Makes room for more tokens than before: for twice as many, so that few growths copy the state, and in whole
     * vectors.
     *
     * @param capacity tokens at most
     * @throws ArithmeticException if no array holds as many
     */
    void reserve(int tokens, int capacity) {
        if (tokens <= room) {
            return;
        }
        long wanted = Math.min(capacity, Math.max(Math.max(tokens, FIRST_ROOM), 2L * room));
        int more = Math.toIntExact(wholeVectors(wanted));
        float[][] grown = new float[arrays.length][];
        for (int i = 0; i < arrays.length; i++) {
            Spec spec = specs.get(i);
            boolean grows = spec.kind() != Kind.LAST;
            grown[i] = grows ? new float[Math.multiplyExact(spec.width(), more)] : arrays[i];
            if (grows) {
                copy(spec, arrays[i], room, grown[i], more, length);
            }
        }
        System.arraycopy(grown, 0, arrays, 0, grown.length);
        room = more;
    }

    /** Forgets all tokens, and keeps the memory. */
    void clear() {
        length = 0;
        dropped = 0;
        Arrays.fill(history, 0);
        for (int i = 0; i < arrays.length; i++) {
            if (specs.get(i).kind() == Kind.LAST) {
                Arrays.fill(arrays[i], 0f);
            }
        }
    }

    /** Whether this state holds what is needed to go on after its first {@code tokens}. */
    boolean reaches(int tokens) {
        return tokens == length
                || (tokens < length
                        && history.length == 0
                        && specs.stream().noneMatch(spec -> spec.kind() == Kind.LAST));
    }

    /** Becomes a copy of the first tokens of another state, which it {@linkplain #reaches reaches}. */
    void copyFrom(SequenceState other, int tokens, int capacity) {
        if (other != this) {
            length = 0;
            reserve(tokens, capacity);
            System.arraycopy(other.history, 0, history, 0, history.length);
            for (int i = 0; i < arrays.length; i++) {
                copy(specs.get(i), other.arrays[i], other.room, arrays[i], room, tokens);
            }
        }
        length = tokens;
        dropped = other.dropped;
    }

    /** Forgets the first tokens. */
    void drop(int tokens) {
        int kept = length - tokens;
        for (int i = 0; i < arrays.length; i++) {
            Spec spec = specs.get(i);
            float[] array = arrays[i];
            int parts = spec.kind() == Kind.COLUMNS ? spec.width() : 1;
            int size = spec.kind() == Kind.COLUMNS ? 1 : spec.width();
            for (int part = 0; spec.kind() != Kind.LAST && part < parts; part++) {
                int at = part * room;
                System.arraycopy(array, at + tokens * size, array, at, kept * size);
            }
        }
        length = kept;
        dropped += tokens;
    }

    private static void copy(Spec spec, float[] from, int fromRoom, float[] to, int toRoom, int tokens) {
        switch (spec.kind()) {
            case LAST -> System.arraycopy(from, 0, to, 0, spec.width());
            case ROWS -> System.arraycopy(from, 0, to, 0, tokens * spec.width());
            case COLUMNS -> {
                for (int feature = 0; feature < spec.width(); feature++) {
                    System.arraycopy(from, feature * fromRoom, to, feature * toRoom, tokens);
                }
            }
        }
    }

    /** The bytes of the arrays with so many tokens. */
    long bytes(int tokens) {
        return Float.BYTES
                * specs.stream()
                        .mapToLong(spec -> spec.width() * (spec.kind() == Kind.LAST ? 1L : tokens))
                        .sum();
    }
}
