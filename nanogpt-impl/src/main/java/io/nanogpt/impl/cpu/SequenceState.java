package io.nanogpt.impl.cpu;

import java.util.Arrays;
import java.util.List;

/** The state of a sequence that is decoded: keys and values that grow with it, and memory of a fixed size. */
final class SequenceState {
    /** Tokens for which a new state has memory: a context may be far longer than what is generated. */
    static final int FIRST_ROOM = 64;
    /** Elements of the widest vectors. */
    static final int VECTOR = 16;
    /** Tokens of a block of {@link Kind#BLOCKS}. */
    static final int BLOCK = 32;

    /** How an array of a state depends on the tokens. */
    enum Kind {
        /** Blocks of {@link #BLOCK} tokens: each has a row for each feature, with a column for each token. */
        BLOCKS,
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

    private static long wholeBlocks(long tokens) {
        return (tokens + BLOCK - 1) / BLOCK;
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
     * blocks.
     *
     * @param capacity tokens at most
     * @throws ArithmeticException if no array holds as many
     */
    void reserve(int tokens, int capacity) {
        if (tokens <= room) {
            return;
        }
        long wanted = Math.min(capacity, Math.max(Math.max(tokens, FIRST_ROOM), 2L * room));
        int more = Math.toIntExact(wholeBlocks(wanted) * BLOCK);
        float[][] grown = new float[arrays.length][];
        for (int i = 0; i < arrays.length; i++) {
            Spec spec = specs.get(i);
            boolean grows = spec.kind() != Kind.LAST;
            grown[i] = grows ? new float[Math.multiplyExact(spec.width(), more)] : arrays[i];
            if (grows) {
                copy(spec, arrays[i], grown[i], length);
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
                copy(specs.get(i), other.arrays[i], arrays[i], tokens);
            }
        }
        length = tokens;
        dropped = other.dropped;
    }

    /** Forgets the first tokens. */
    void drop(int tokens) {
        int kept = length - tokens;
        for (int i = 0; i < arrays.length; i++) {
            int width = specs.get(i).width();
            switch (specs.get(i).kind()) {
                case LAST -> {}
                case ROWS -> System.arraycopy(arrays[i], tokens * width, arrays[i], 0, kept * width);
                case BLOCKS -> dropColumns(arrays[i], width, tokens, kept);
            }
        }
        length = kept;
        dropped += tokens;
    }

    private static void dropColumns(float[] array, int width, int tokens, int kept) {
        for (int token = 0; token < kept; token++) {
            int from = column(token + tokens, width);
            int to = column(token, width);
            for (int feature = 0; feature < width; feature++) {
                array[to + feature * BLOCK] = array[from + feature * BLOCK];
            }
        }
    }

    /** The index of the first feature of a token in {@link Kind#BLOCKS}; each of the others is {@link #BLOCK} further. */
    static int column(int token, int width) {
        return token / BLOCK * BLOCK * width + token % BLOCK;
    }

    private static void copy(Spec spec, float[] from, float[] to, int tokens) {
        int floats = switch (spec.kind()) {
            case LAST -> spec.width();
            case ROWS -> tokens * spec.width();
            case BLOCKS -> (int) wholeBlocks(tokens) * BLOCK * spec.width();
        };
        System.arraycopy(from, 0, to, 0, floats);
    }

    /** The bytes of the arrays with so many tokens. */
    long bytes(int tokens) {
        return Float.BYTES
                * specs.stream()
                        .mapToLong(spec -> spec.width() * (spec.kind() == Kind.LAST ? 1L : tokens))
                        .sum();
    }
}
