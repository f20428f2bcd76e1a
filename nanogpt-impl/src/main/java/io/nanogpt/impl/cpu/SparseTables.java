package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The tables of n-grams of a model, numbered in the order of its parameters. */
final class SparseTables {
    /** Parts of a table that are updated independently. */
    private static final int PARTS = 8;
    /** Elements that a rule updates at a time. */
    private static final int BLOCK = 8192;

    private final List<ParameterSpec> specs;
    /** By parameter; null unless it is a table. */
    private final @Nullable SparseTable[] tables;
    /** The parameters that are tables. */
    private final int[] indices;

    SparseTables(List<ParameterSpec> specs) {
        this.specs = specs;
        tables = new SparseTable[specs.size()];
        for (int i = 0; i < tables.length; i++) {
            if (specs.get(i).role() == ParameterSpec.Role.TABLE) {
                tables[i] = new SparseTable(
                        specs.get(i).shape().size(0), specs.get(i).shape().size(1));
            }
        }
        indices =
                IntStream.range(0, tables.length).filter(i -> tables[i] != null).toArray();
    }

    /** The number of tables. */
    int count() {
        return indices.length;
    }

    /** The table with this number. */
    SparseTable get(int number) {
        return Objects.requireNonNull(tables[indices[number]]);
    }

    /** The table that a parameter is; null if it is none. */
    @Nullable
    SparseTable ofParameter(int index) {
        return tables[index];
    }

    /** Makes room for gradients of batches of this many tokens. */
    void reserve(int tokens) {
        for (int i = 0; i < indices.length; i++) {
            get(i).reserve(tokens);
        }
    }

    /**
     * Prepares a step: rules that move every row need gradients of every row.
     *
     * @param rules by parameter
     * @param states by parameter, as in {@link UpdateRule#update}
     */
    void begin(UpdateRule[] rules, float[][][] states) {
        for (int i = 0; i < indices.length; i++) {
            int index = indices[i];
            if (!(rules[index] instanceof UpdateRule.OfRowwiseAdagrad)) {
                if (states[index][1].length == 0) {
                    states[index][1] = new float[get(i).values().length];
                }
                get(i).gradient().copyTo(states[index][1]);
            }
        }
    }

    /** The number of tasks of {@link #update}. */
    int tasks() {
        return indices.length * PARTS;
    }

    /** Updates a part of a table. */
    void update(int task, UpdateRule[] rules, float[][][] states, Kernels kernels) {
        int index = indices[task / PARTS];
        int part = task % PARTS;
        SparseTable table = get(task / PARTS);
        if (rules[index] instanceof UpdateRule.OfRowwiseAdagrad rule) {
            int count = table.gradient().count();
            rule.update(table, states[index][2], start(count, part), start(count, part + 1), kernels);
            return;
        }
        int end = start(table.values().length, part + 1);
        for (int from = start(table.values().length, part); from < end; from += BLOCK) {
            rules[index].update(Math.min(BLOCK, end - from), specs.get(index), states[index], from, from, kernels);
        }
    }

    private static int start(int count, int part) {
        return (int) ((long) count * part / PARTS);
    }
}
