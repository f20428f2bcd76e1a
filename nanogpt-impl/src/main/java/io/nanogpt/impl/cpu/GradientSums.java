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
        int from = block * BLOCK;
        norms[block] = sumSquares(gradients, from, Math.min(gradients.length, from + BLOCK));
    }

    /** In eight chains, since each addition waits for the one before it. */
    private static double sumSquares(float[] x, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        double e = 0;
        double f = 0;
        double g = 0;
        double h = 0;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            a += (double) x[i] * x[i];
            b += (double) x[i + 1] * x[i + 1];
            c += (double) x[i + 2] * x[i + 2];
            d += (double) x[i + 3] * x[i + 3];
            e += (double) x[i + 4] * x[i + 4];
            f += (double) x[i + 5] * x[i + 5];
            g += (double) x[i + 6] * x[i + 6];
            h += (double) x[i + 7] * x[i + 7];
        }
        for (; i < to; i++) {
            a += (double) x[i] * x[i];
        }
        return ((a + b) + (c + d)) + ((e + f) + (g + h));
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
