package io.nanogpt.impl.regex;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/** Instructions of a nondeterministic automaton (Thompson 1968), as in Pike's and RE2's machines. Immutable. */
final class Program {
    /** Takes a character of set {@code x}. */
    static final int TAKE = 0;
    /** Continues at {@code x}, and with lower priority at {@code y}. */
    static final int SPLIT = 1;
    /** Continues at {@code x}. */
    static final int JUMP = 2;
    /** Requires the beginning of the text. */
    static final int BEGIN = 3;
    /** Requires the end of the text. */
    static final int END = 4;
    /** Requires a next character of set {@code x}. */
    static final int NEXT = 5;
    /** Requires the end of the text, or a next character outside of set {@code x}. */
    static final int NOT_NEXT = 6;
    /** Ends a match. */
    static final int MATCH = 7;

    final int size;
    final int[] operations;
    final int[] x;
    final int[] y;
    final List<Pattern> sets;

    Program(int[] operations, int[] x, int[] y, int size, List<Pattern> sets) {
        this.size = size;
        this.operations = Arrays.copyOf(operations, size);
        this.x = Arrays.copyOf(x, size);
        this.y = Arrays.copyOf(y, size);
        this.sets = List.copyOf(sets);
    }

    /** The instructions after which a match can follow, but at the beginning of the text. */
    BitSet hopeful() {
        BitSet hopeful = new BitSet(size);
        int before = -1;
        while (hopeful.cardinality() > before) {
            before = hopeful.cardinality();
            for (int at = size - 1; at >= 0; at--) {
                hopeful.set(at, hopeful.get(at) || isHopeful(at, hopeful));
            }
        }
        return hopeful;
    }

    private boolean isHopeful(int at, BitSet hopeful) {
        return switch (operations[at]) {
            case MATCH -> true;
            case BEGIN -> false;
            case SPLIT -> hopeful.get(x[at]) || hopeful.get(y[at]);
            case JUMP -> hopeful.get(x[at]);
            default -> hopeful.get(at + 1);
        };
    }
}
