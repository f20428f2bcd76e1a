package io.nanogpt.impl.cpu;

import io.nanogpt.impl.cpu.scalar.ScalarMath;
import java.util.Arrays;

/** The norm of all gradients, and their weighted sum over the batches of a step. Each is computed in blocks, by threads. */
final class GradientSums {
    /** Elements of a partial sum. */
    private static final int BLOCK = 8192;

    /** Gradients that are no tables'. */
    private final int count;

    private final SparseTables tables;
    private final ThreadTeam team;
    private final Kernels[] kernels;
    /** Of the batch that is worked on. */
    private float[] gradients = new float[0];
    /** Accumulated gradients of the earlier batches of a step; allocated when a step first has several batches. */
    private float[] accumulated = new float[0];

    private float weight;
    private double[] norms = new double[0];

    // Created once: a bound method reference allocates on every evaluation.
    private final ThreadTeam.Job sumSquaresJob = this::sumSquares;
    private final ThreadTeam.Job accumulateJob = this::accumulateBlock;
    private final ThreadTeam.Job mergeJob = this::mergeBlock;

    GradientSums(int count, SparseTables tables, ThreadTeam team, Kernels[] kernels) {
        this.count = count;
        this.tables = tables;
        this.team = team;
        this.kernels = kernels;
    }

    /** The norm of these gradients and those of the tables. */
    double norm(float[] of) {
        gradients = of;
        if (norms.length != tasks()) {
            norms = new double[tasks()];
        }
        team.run(tasks(), sumSquaresJob);
        double sum = 0;
        for (double norm : norms) {
            sum += norm;
        }
        return Math.sqrt(sum);
    }

    private void sumSquares(int block, int worker) {
        if (block >= blocks()) {
            norms[block] = tableAfterBlocks(block).sumSquares(kernels[worker]);
            return;
        }
        double sum = 0;
        int end = Math.min(gradients.length, (block + 1) * BLOCK);
        for (int i = block * BLOCK; i < end; i++) {
            sum += (double) gradients[i] * gradients[i];
        }
        norms[block] = sum;
    }

    /** Adds gradients times a weight to the sum. */
    void accumulate(float[] of, float times) {
        if (accumulated.length != count) {
            accumulated = new float[count];
        }
        gradients = of;
        weight = times;
        team.run(tasks(), accumulateJob);
    }

    private void accumulateBlock(int block, int worker) {
        if (block >= blocks()) {
            tableAfterBlocks(block).accumulate(weight);
            return;
        }
        int from = block * BLOCK;
        int length = Math.min(accumulated.length - from, BLOCK);
        addWeighted(gradients, from, length, weight, accumulated, from);
    }

    /** Adds numbers times a weight to others. */
    static void addWeighted(float[] x, int from, int length, float weight, float[] sum, int to) {
        for (int i = 0; i < length; i++) {
            sum[to + i] = ScalarMath.fma(x[from + i], weight, sum[to + i]);
        }
    }

    /** Adds gradients times a weight to the sum, writes the sum in their place, and begins another. */
    void merge(float[] into, float times) {
        if (accumulated.length != count) {
            throw new IllegalStateException("no gradients are accumulated");
        }
        gradients = into;
        weight = times;
        team.run(tasks(), mergeJob);
    }

    private void mergeBlock(int block, int worker) {
        if (block >= blocks()) {
            tableAfterBlocks(block).mergeAccumulated(weight);
            return;
        }
        accumulateBlock(block, worker);
        int from = block * BLOCK;
        int to = Math.min(accumulated.length, from + BLOCK);
        System.arraycopy(accumulated, from, gradients, from, to - from);
        Arrays.fill(accumulated, from, to, 0);
    }

    private int blocks() {
        return (count + BLOCK - 1) / BLOCK;
    }

    private int tasks() {
        return blocks() + tables.count();
    }

    /** The table of a task beyond those of the blocks. */
    private SparseTable tableAfterBlocks(int task) {
        return tables.get(task - blocks());
    }
}
