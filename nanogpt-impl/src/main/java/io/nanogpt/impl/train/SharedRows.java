package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.Collective;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.spi.RowGradient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradients of the tables of n-grams of a step whose micro-batches several workers compute. They have few rows, so
 * each worker gets those of all micro-batches and adds them up itself, in the order in which one process does.
 */
final class SharedRows {
    private final Collective collective;
    private final ParameterStore parameters;
    private final List<ParameterSpec> tables;
    /** Of this worker's micro-batches, for each all tables. */
    private final List<RowGradient> mine = new ArrayList<>();

    SharedRows(Collective collective, ParameterStore parameters, List<ParameterSpec> tables) {
        this.collective = collective;
        this.parameters = parameters;
        this.tables = tables;
    }

    /** Takes the gradients of the last run as those of this worker's next micro-batch. */
    void add() {
        tables.forEach(table -> mine.add(parameters.readRowGradient(table.name())));
    }

    /**
     * Sets the gradients in the store to the sum over the micro-batches of all workers.
     *
     * @param weights of all micro-batches, in order; a single one has the weight 1
     * @param count the number of micro-batches
     */
    void sum(float[] weights, int count) {
        if (tables.isEmpty()) {
            return;
        }
        List<Sum> sums = tables.stream()
                .map(table -> new Sum(table.shape().size(1), weights, count))
                .toList();
        double[][] all = collective.gather(numbers(mine));
        mine.clear();
        for (int worker = 0; worker < all.length; worker++) {
            int at = 0;
            int end = Collective.begin(count, worker + 1, all.length);
            for (int batch = Collective.begin(count, worker, all.length); batch < end; batch++) {
                for (Sum sum : sums) {
                    at = sum.add(all[worker], at, batch);
                }
            }
        }
        for (int i = 0; i < sums.size(); i++) {
            parameters.writeRowGradient(tables.get(i).name(), sums.get(i).gradient());
        }
    }

    /** For each gradient the number of its rows, the rows, and their values. */
    private static double[] numbers(List<RowGradient> gradients) {
        int length = gradients.stream()
                .mapToInt(gradient -> 1 + gradient.rows().length + gradient.values().length)
                .reduce(0, Math::addExact);
        double[] numbers = new double[length];
        int at = 0;
        for (RowGradient gradient : gradients) {
            numbers[at++] = gradient.rows().length;
            for (int row : gradient.rows()) {
                numbers[at++] = row;
            }
            for (float value : gradient.values()) {
                numbers[at++] = value;
            }
        }
        return numbers;
    }

    /** The sum of the gradients of one table; its rows are in the order in which micro-batches first have them. */
    private final class Sum {
        private final int width;
        private final float[] weights;
        private final boolean single;
        private final Map<Integer, float[]> rows = new LinkedHashMap<>();
        private final float[] row;

        Sum(int width, float[] weights, int count) {
            this.width = width;
            this.weights = weights;
            single = count == 1;
            row = new float[width];
        }

        /** Adds the gradient of a micro-batch, from an index on, and returns the index after it. */
        int add(double[] numbers, int from, int batch) {
            int count = (int) numbers[from];
            int at = from + 1 + count;
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < width; j++) {
                    row[j] = (float) numbers[at++];
                }
                float[] sum = rows.computeIfAbsent((int) numbers[from + 1 + i], key -> new float[width]);
                if (single) {
                    System.arraycopy(row, 0, sum, 0, width);
                } else {
                    parameters.addWeighted(row, 0, width, weights[batch], sum, 0);
                }
            }
            return at;
        }

        RowGradient gradient() {
            float[] values = new float[rows.size() * width];
            int at = 0;
            for (float[] sum : rows.values()) {
                System.arraycopy(sum, 0, values, at, width);
                at += width;
            }
            return new RowGradient(
                    rows.keySet().stream().mapToInt(Integer::intValue).toArray(), values);
        }
    }
}
