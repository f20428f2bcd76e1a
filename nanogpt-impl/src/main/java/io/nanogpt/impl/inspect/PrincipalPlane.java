package io.nanogpt.impl.inspect;

import io.nanogpt.inspect.EmbeddingMap;

/**
 * The plane of the first two principal components of vectors, by power iteration. Of many vectors, some thousand that are
 * evenly spaced determine it.
 */
final class PrincipalPlane {
    private static final int LARGEST_SAMPLE = 4096;
    private static final int ITERATIONS = 1000;
    private static final double CONVERGED = 1e-12;

    private final float[] values;
    private final int features;
    private final double[] mean;
    private final double[][] covariance;

    /** Of the rows of a matrix. */
    PrincipalPlane(float[] values, int features) {
        this.values = values;
        this.features = features;
        int rows = values.length / features;
        int sample = Math.min(rows, LARGEST_SAMPLE);
        mean = new double[features];
        for (int i = 0; i < sample; i++) {
            int row = row(i, sample, rows);
            for (int feature = 0; feature < features; feature++) {
                mean[feature] += (double) values[row * features + feature] / sample;
            }
        }
        covariance = new double[features][features];
        double[] centred = new double[features];
        for (int i = 0; i < sample; i++) {
            int row = row(i, sample, rows);
            for (int feature = 0; feature < features; feature++) {
                centred[feature] = values[row * features + feature] - mean[feature];
            }
            for (int first = 0; first < features; first++) {
                double[] line = covariance[first];
                double factor = centred[first] / sample;
                for (int second = 0; second < features; second++) {
                    line[second] += factor * centred[second];
                }
            }
        }
    }

    private static int row(int index, int sample, int rows) {
        return (int) ((long) index * rows / sample);
    }

    EmbeddingMap map() {
        double variance = 0;
        for (int feature = 0; feature < features; feature++) {
            variance += covariance[feature][feature];
        }
        double[] first = component();
        double firstVariance = deflate(first);
        double[] second = component();
        double secondVariance = deflate(second);
        return new EmbeddingMap(
                project(first),
                project(second),
                variance > 0 ? firstVariance / variance : 0,
                variance > 0 ? secondVariance / variance : 0);
    }

    /** The direction of the largest variance, of unit length; its largest number is positive. */
    private double[] component() {
        double[] direction = new double[features];
        for (int feature = 0; feature < features; feature++) {
            direction[feature] = 1 + 1.0 / (feature + 1);
        }
        normalise(direction);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] next = times(direction);
            if (!normalise(next)) {
                break;
            }
            double change = 0;
            for (int feature = 0; feature < features; feature++) {
                change = Math.max(change, Math.abs(next[feature] - direction[feature]));
            }
            direction = next;
            if (change < CONVERGED) {
                break;
            }
        }
        int largest = 0;
        for (int feature = 1; feature < features; feature++) {
            if (Math.abs(direction[feature]) > Math.abs(direction[largest])) {
                largest = feature;
            }
        }
        if (direction[largest] < 0) {
            for (int feature = 0; feature < features; feature++) {
                direction[feature] = -direction[feature];
            }
        }
        return direction;
    }

    private double[] times(double[] direction) {
        double[] product = new double[features];
        for (int first = 0; first < features; first++) {
            double sum = 0;
            for (int second = 0; second < features; second++) {
                sum += covariance[first][second] * direction[second];
            }
            product[first] = sum;
        }
        return product;
    }

    /** Gives a vector unit length; false if it is zero. */
    private static boolean normalise(double[] vector) {
        double squares = 0;
        for (double number : vector) {
            squares += number * number;
        }
        if (!(squares > 0)) {
            return false;
        }
        double length = Math.sqrt(squares);
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= length;
        }
        return true;
    }

    /** Takes a direction out of the covariance and returns its variance. */
    private double deflate(double[] direction) {
        double[] product = times(direction);
        double variance = 0;
        for (int feature = 0; feature < features; feature++) {
            variance += product[feature] * direction[feature];
        }
        for (int first = 0; first < features; first++) {
            for (int second = 0; second < features; second++) {
                covariance[first][second] -= variance * direction[first] * direction[second];
            }
        }
        return variance;
    }

    private float[] project(double[] direction) {
        float[] projected = new float[values.length / features];
        for (int row = 0; row < projected.length; row++) {
            double sum = 0;
            for (int feature = 0; feature < features; feature++) {
                sum += (values[row * features + feature] - mean[feature]) * direction[feature];
            }
            projected[row] = (float) sum;
        }
        return projected;
    }
}
