package io.nanogpt.impl.jsonschema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the instructions of a {@link Program}, rule by rule. */
final class ProgramBuilder {
    private static final int MOST_INSTRUCTIONS = 400_000;

    private final SchemaErrors errors;
    private final List<String> places = new ArrayList<>();
    private final List<Integer> beginnings = new ArrayList<>();
    private final Map<BitSet, Integer> sets = new HashMap<>();
    private final List<BitSet> setList = new ArrayList<>();
    private int[] operations = new int[256];
    private int[] x = new int[256];
    private int[] y = new int[256];
    private int[] alike = new int[256];
    private int size;
    private int rule;

    ProgramBuilder(SchemaErrors errors) {
        this.errors = errors;
    }

    /** Reserves the next rule. Rules are emitted in the order in which they were reserved. */
    int newRule(String place) {
        places.add(place);
        return places.size() - 1;
    }

    /** Begins the instructions of the next rule. */
    void begin(int expected) {
        if (expected != beginnings.size()) {
            throw new IllegalStateException("rule " + expected + " follows rule " + beginnings.size());
        }
        rule = expected;
        beginnings.add(size);
    }

    int size() {
        return size;
    }

    int add(int operation, int first, int second) {
        if (size >= MOST_INSTRUCTIONS) {
            throw errors.at(
                    places.get(rule),
                    "the schema is too large for an automaton of " + MOST_INSTRUCTIONS
                            + " steps; give lower maxItems, maxLength and repetitions, or fewer values");
        }
        if (size == operations.length) {
            operations = Arrays.copyOf(operations, 2 * size);
            x = Arrays.copyOf(x, 2 * size);
            y = Arrays.copyOf(y, 2 * size);
            alike = Arrays.copyOf(alike, 2 * size);
        }
        operations[size] = operation;
        x[size] = first;
        y[size] = second;
        alike[size] = size;
        return size++;
    }

    int add(int operation, int first) {
        return add(operation, first, 0);
    }

    int takeByte(int value) {
        return add(Program.BYTE, value);
    }

    int takeSet(BitSet values) {
        if (values.cardinality() == 1) {
            return takeByte(values.nextSetBit(0));
        }
        return add(Program.SET, sets.computeIfAbsent((BitSet) values.clone(), missing -> {
            setList.add(missing);
            return setList.size() - 1;
        }));
    }

    void takeAll(byte[] text) {
        for (byte value : text) {
            takeByte(value & 0xFF);
        }
    }

    /** Appends parts, one of which is taken. Each ends its rule. */
    void choose(List<Runnable> parts) {
        for (int i = 0; i < parts.size() - 1; i++) {
            int split = add(Program.SPLIT, size + 1);
            parts.get(i).run();
            y[split] = size;
        }
        parts.get(parts.size() - 1).run();
    }

    /** Lets a jump, or the second way of a split, lead to the next instruction. */
    void land(int from) {
        if (operations[from] == Program.SPLIT) {
            y[from] = size;
        } else {
            x[from] = size;
        }
    }

    /** Declares that instructions behave like those that are {@code distance} further, see {@link Program#alike}. */
    void declareAlike(int from, int to, int distance) {
        for (int at = from; at < to; at++) {
            alike[at] = at + distance;
        }
    }

    Program build() {
        List<Program.Rule> rules = new ArrayList<>();
        for (int i = 0; i < beginnings.size(); i++) {
            int to = i + 1 < beginnings.size() ? beginnings.get(i + 1) : size;
            rules.add(new Program.Rule(places.get(i), beginnings.get(i), to));
        }
        int[][] instructions = {Arrays.copyOf(operations, size), Arrays.copyOf(x, size), Arrays.copyOf(y, size)};
        return new Program(instructions, Arrays.copyOf(alike, size), setList, rules);
    }
}
