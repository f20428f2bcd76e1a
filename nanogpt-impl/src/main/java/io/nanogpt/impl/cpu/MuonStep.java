package io.nanogpt.impl.cpu;

import io.nanogpt.train.Muon;
import java.util.Arrays;

/**
 * One step of {@link Muon} on one matrix at a time, in memory that is reused from matrix to matrix. The matrix, transposed
 * if it is wide, is {@code y (length, side)}. Its iterations are polynomials of the symmetric {@code g = y^T y}, which
 * commute, so all but the first product and the last are of {@code (side, side)}, symmetric, and computed for one triangle:
 *
 * <pre>{@code
 * q = 1
 * repeat: p = a + b g + c g g;  q = q p;  g = g p p
 * u = y q
 * }</pre>
 *
 * {@code g} has the squares of the singular values, and with them half of the digits of the small ones; since each
 * iteration multiplies these, {@code y} becomes {@code u} after some iterations and they begin again.
 *
 * Matrices are in panels of the kernels' width, as {@link Kernels#pack} writes them: panel {@code p} holds columns
 * {@code p * width ...} of all rows. Symmetric ones then need no other form for either side of a product.
 */
final class MuonStep {
    private static final double ROW_EPSILON = 1e-8;
    private static final double ROW_DECAY = 0.95;
    private static final int MOST_STRIP = 32;
    /**
     * Rows of a block of a symmetric product, whose elements are all computed; elsewhere one half is the mirror image of the
     * other. An element is not rounded like its mirror image, so this does not depend on the width of vectors.
     */
    private static final int SYMMETRIC_BLOCK = 32;
    /** Iterations after which small singular values have lost no more digits than without the squares. */
    private static final int ITERATIONS_AT_ONCE = 3;

    /** Runs numbered tasks, here or on a team. */
    interface Runner {
        void run(int count, ThreadTeam.Job job);
    }

    /**
     * A matrix to update.
     *
     * @param rule its optimizer
     * @param state values, gradients and the arrays of the optimizer
     * @param offset of the matrix in values and gradients
     * @param row the first of its rows in the parameter
     * @param rows its own rows
     * @param columns its columns
     */
    // Matrices are never compared, and their arrays are shared on purpose.
    @SuppressWarnings("ArrayRecordComponent")
    record Target(Muon rule, float[][] state, int offset, int row, int rows, int columns) {
        int length() {
            return Math.max(rows, columns);
        }

        int side() {
            return Math.min(rows, columns);
        }
    }

    private final Worker[] workers;
    private final Rows[] scratch;
    private final int width;
    private final int strip;
    private final float[] tall;
    private final float[] update;
    private final float[][] symmetric;
    private final float[] rowSquares;
    private final float[] rowFactors;

    private final ThreadTeam.Job loadJob = this::load;
    private final ThreadTeam.Job symmetricJob = this::multiplySymmetric;
    private final ThreadTeam.Job updateJob = this::multiplyUpdate;
    private final ThreadTeam.Job packJob = this::pack;
    private final ThreadTeam.Job applyJob = this::apply;

    private Target target;
    private int length;
    private int side;
    private float gradientScale;
    private double rate;
    private double normFactor;
    /** The operands of the next symmetric product, {@code out = identity + linear * addend + factor * left^T right}. */
    private float[] left;

    private float[] right;
    private float[] out;
    private float[] addend;
    private int depth;
    private float identity;
    private float linear;
    private float factor;

    /**
     * Memory for matrices of up to these sizes.
     *
     * @param workers of all threads of the team
     * @param scratch of all threads
     */
    MuonStep(Worker[] workers, Rows[] scratch, int width, Target first, Sizes most) {
        this.workers = workers;
        this.scratch = scratch;
        this.width = width;
        strip = Math.min(MOST_STRIP, width);
        int panels = (most.side + width - 1) / width * width;
        tall = new float[Math.multiplyExact(most.length, panels)];
        update = new float[Math.multiplyExact(most.length, most.side)];
        symmetric = new float[4][Math.multiplyExact(most.side, panels)];
        rowSquares = new float[most.length];
        rowFactors = new float[most.length];
        target = first;
        left = tall;
        right = tall;
        out = symmetric[0];
        addend = symmetric[0];
    }

    /** The largest length and side of matrices. */
    record Sizes(int length, int side) {}

    /** Updates a matrix. */
    void run(Target next, double rateFactor, double scale, Runner runner) {
        target = next;
        length = next.length();
        side = next.side();
        gradientScale = (float) scale;
        rate = next.rule.learningRate() * rateFactor;
        runner.run(strips(next.rows), loadJob);
        double sum = 0;
        for (int i = 0; i < next.rows; i++) {
            sum += rowSquares[i];
        }
        double norm = Math.sqrt(sum);
        normFactor = 1 / next.rule.coefficients().divisor(norm);
        int iterations = next.rule.iterations();
        for (int first = 0; first < iterations; first += ITERATIONS_AT_ONCE) {
            if (first > 0) {
                runner.run(strips(length), packJob);
            }
            right = iterate(first, Math.min(iterations, first + ITERATIONS_AT_ONCE), runner);
            runner.run(strips(length), updateJob);
        }
        prepareRows();
        runner.run(strips(next.rows), applyJob);
    }

    private int strips(int rows) {
        return (rows + strip - 1) / strip;
    }

    /** Returns the product of the polynomials of some iterations. */
    private float[] iterate(int first, int end, Runner runner) {
        float[] g = symmetric[0];
        float[] q = symmetric[1];
        float[] t = symmetric[2];
        set(0, 0, normFactor * normFactor, g);
        multiply(tall, tall, length, g, runner);
        for (int i = first; i < end; i++) {
            Muon.Coefficients coefficients = target.rule.coefficients();
            float[] p = i == first ? q : symmetric[3];
            set(coefficients.of(i, 0), coefficients.of(i, 1), coefficients.of(i, 2), g);
            multiply(g, g, side, p, runner);
            set(0, 0, 1, g);
            if (i > first) {
                multiply(q, p, side, t, runner);
                float[] before = q;
                q = t;
                t = before;
            }
            if (i < end - 1) {
                multiply(g, p, side, t, runner);
                multiply(t, p, side, g, runner);
            }
        }
        return q;
    }

    private void set(double one, double ofAddend, double ofProduct, float[] added) {
        identity = (float) one;
        linear = (float) ofAddend;
        factor = (float) ofProduct;
        addend = added;
    }

    private void multiply(float[] a, float[] b, int sums, float[] result, Runner runner) {
        left = a;
        right = b;
        depth = sums;
        out = result;
        runner.run(strips(side), symmetricJob);
    }

    /** Updates the momentum of some rows and copies what is to be orthogonalized into panels. */
    private void load(int task, int worker) {
        Rows rows = scratch[worker];
        int n = target.columns;
        int from = task * strip;
        int count = Math.min(target.rows, from + strip) - from;
        for (int i = 0; i < count; i++) {
            momentum(n, from + i, rows);
            rowSquares[from + i] = workers[worker].kernels.dot(n, rows.third, 0, rows.third, 0);
            if (target.rows < n) {
                System.arraycopy(rows.third, 0, rows.strip, i * rows.pitch, n);
            } else {
                for (int k = 0; k < n; k += width) {
                    System.arraycopy(rows.third, k, tall, k * length + (from + i) * width, Math.min(width, n - k));
                }
            }
        }
        if (target.rows < n) {
            int at = from / width * width * length + from % width;
            for (int k = 0; k < n; k++) {
                for (int i = 0; i < count; i++) {
                    tall[at + k * width + i] = rows.strip[i * rows.pitch + k];
                }
            }
        }
    }

    /** Into the third row. */
    private void momentum(int n, int row, Rows rows) {
        Muon rule = target.rule;
        int moment = (target.row + row) * n;
        System.arraycopy(target.state[1], target.offset + row * n, rows.first, 0, n);
        System.arraycopy(target.state[2], moment, rows.second, 0, n);
        float rest = (float) (1 - rule.momentum());
        average(n, rest, rule.nesterov() ? rest : 0, gradientScale, rows.first, rows.second, rows.third);
        System.arraycopy(rows.second, 0, target.state[2], moment, n);
    }

    private static void average(
            int n, float rest, float ahead, float scale, float[] gradients, float[] means, float[] updates) {
        for (int k = 0; k < n; k++) {
            float gradient = gradients[k] * scale;
            float mean = means[k] + rest * (gradient - means[k]);
            means[k] = mean;
            updates[k] = mean - ahead * (mean - gradient);
        }
    }

    /** Some rows of a symmetric product, block by block. */
    private void multiplySymmetric(int task, int worker) {
        int end = Math.min(side, (task + 1) * strip);
        for (int from = task * strip; from < end; ) {
            int next = Math.min(end, (from / SYMMETRIC_BLOCK + 1) * SYMMETRIC_BLOCK);
            multiplySymmetric(from, next, workers[worker]);
            from = next;
        }
    }

    /** Some rows of a block up to its last column, and the elements before the block also above the diagonal. */
    private void multiplySymmetric(int from, int to, Worker w) {
        int block = from / SYMMETRIC_BLOCK * SYMMETRIC_BLOCK;
        int end = Math.min(side, block + SYMMETRIC_BLOCK);
        w.a.set(left, from / width * width * depth + from % width, 1, width);
        for (int column = 0; column < end; column += width) {
            int columns = Math.min(width, end - column);
            int at = column * side + from * width;
            w.kernels.multiply(
                    to - from,
                    columns,
                    depth,
                    w.a,
                    w.b.set(right, column * depth, width),
                    w.init.set(w.zeros, 0, 0),
                    w.c.set(out, at, width));
            if (linear != 0 || factor != 1) {
                for (int i = 0; i < to - from; i++) {
                    combine(columns, at + i * width);
                }
            }
        }
        for (int i = from; i < to && identity != 0; i++) {
            out[i / width * width * side + i * width + i % width] += identity;
        }
        mirror(from, to, block);
    }

    private void combine(int n, int at) {
        float[] product = out;
        float[] other = addend;
        for (int j = at; j < at + n; j++) {
            product[j] = factor * product[j] + linear * other[j];
        }
    }

    /** Copies the first {@code columns} columns of some rows above the diagonal. */
    private void mirror(int from, int to, int columns) {
        int above = from / width * width * side + from % width;
        for (int j = 0; j < columns; j++) {
            int below = j / width * width * side + from * width + j % width;
            for (int i = 0; i < to - from; i++) {
                out[above + j * width + i] = out[below + i * width];
            }
        }
    }

    /** Some rows of the orthogonalized matrix, not in panels. */
    private void multiplyUpdate(int task, int worker) {
        Worker w = workers[worker];
        int from = task * strip;
        int rows = Math.min(length, from + strip) - from;
        for (int column = 0; column < side; column += width) {
            w.c.set(update, from * side + column, side);
            for (int k = 0; k < side; k += width) {
                w.kernels.multiply(
                        rows,
                        Math.min(width, side - column),
                        Math.min(width, side - k),
                        w.a.set(tall, k * length + from * width, width),
                        w.b.set(right, column * side + k * width, width),
                        k == 0 ? w.init.set(w.zeros, 0, 0) : w.init.set(update, from * side + column, side),
                        w.c);
            }
        }
    }

    /** Copies some rows of the orthogonalized matrix into panels. */
    private void pack(int task, int worker) {
        int last = Math.min(length, (task + 1) * strip);
        for (int i = task * strip; i < last; i++) {
            for (int k = 0; k < side; k += width) {
                System.arraycopy(update, i * side + k, tall, k * length + i * width, Math.min(width, side - k));
            }
        }
    }

    /** The factors of the rows of the update. */
    private void prepareRows() {
        double shared = rate * target.rule.scale().factor(target.rows, target.columns) * normFactor;
        if (!target.rule.normalizesRows()) {
            Arrays.fill(rowFactors, 0, target.rows, (float) shared);
            return;
        }
        float[] means = target.state[3];
        double before = 0;
        double after = 0;
        for (int i = 0; i < target.rows; i++) {
            double squares = normFactor * normFactor * squares(i);
            double mean = means[target.row + i];
            mean += (1 - ROW_DECAY) * (squares / target.columns - mean);
            means[target.row + i] = (float) mean;
            double inverse = 1 / (Math.sqrt(mean) + ROW_EPSILON);
            rowFactors[i] = (float) inverse;
            before += squares;
            after += squares * inverse * inverse;
        }
        double same = shared * Math.sqrt(before) / (Math.sqrt(after) + ROW_EPSILON);
        for (int i = 0; i < target.rows; i++) {
            rowFactors[i] *= (float) same;
        }
    }

    private double squares(int row) {
        boolean transposed = target.rows < target.columns;
        int at = transposed ? row : row * side;
        int step = transposed ? side : 1;
        double sum = 0;
        for (int k = 0; k < target.columns; k++) {
            double u = update[at + k * step];
            sum += u * u;
        }
        return sum;
    }

    private void apply(int task, int worker) {
        Rows rows = scratch[worker];
        int n = target.columns;
        int from = task * strip;
        int count = Math.min(target.rows, from + strip) - from;
        if (target.rows < n) {
            for (int k = 0; k < n; k++) {
                for (int i = 0; i < count; i++) {
                    rows.strip[i * rows.pitch + k] = update[k * side + from + i];
                }
            }
        }
        float decay = (float) (rate * target.rule.weightDecay());
        for (int i = 0; i < count; i++) {
            int offset = target.offset + (from + i) * n;
            System.arraycopy(target.state[0], offset, rows.first, 0, n);
            if (target.rows < n) {
                System.arraycopy(rows.strip, i * rows.pitch, rows.second, 0, n);
            } else {
                System.arraycopy(update, (from + i) * side, rows.second, 0, n);
            }
            if (target.rule.cautious()) {
                descendCautiously(n, decay, rowFactors[from + i], rows.first, rows.second);
            } else {
                descend(n, decay, rowFactors[from + i], rows.first, rows.second);
            }
            System.arraycopy(rows.first, 0, target.state[0], offset, n);
        }
    }

    private static void descend(int n, float decay, float factor, float[] values, float[] updates) {
        for (int k = 0; k < n; k++) {
            values[k] = values[k] - decay * values[k] - factor * updates[k];
        }
    }

    private static void descendCautiously(int n, float decay, float factor, float[] values, float[] updates) {
        for (int k = 0; k < n; k++) {
            float decayed = updates[k] * values[k] < 0 ? 0 : decay;
            values[k] = values[k] - decayed * values[k] - factor * updates[k];
        }
    }

    /** Rows in arrays of their own, so that loops over them have the index alone as the subscript and are vectorised. */
    static final class Rows {
        private final float[] first;
        private final float[] second;
        private final float[] third;
        /** Several rows, to be transposed. */
        private final float[] strip;
        /** From row to row of the strip: a power of two would put one column of all rows into one set of the cache. */
        private final int pitch;

        Rows(int columns) {
            first = new float[columns];
            second = new float[columns];
            third = new float[columns];
            pitch = columns + 16;
            strip = new float[Math.multiplyExact(MOST_STRIP, pitch)];
        }
    }
}
