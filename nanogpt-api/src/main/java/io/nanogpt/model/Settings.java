package io.nanogpt.model;

/** Validation of sizes, shared by the configurations. */
final class Settings {
    private Settings() {}

    /** The most layers: more would make a graph out of proportion to any weights. */
    private static final int MOST_LAYERS = 1024;

    static int layers(int value) {
        if (value < 1 || value > MOST_LAYERS) {
            throw new IllegalArgumentException("layers must be from 1 to " + MOST_LAYERS + ", but is " + value);
        }
        return value;
    }

    static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
        return value;
    }

    /** Refuses a matrix with more elements than an array can hold. */
    static void matrix(String rowsName, long rows, String columnsName, long columns) {
        if (rows > Integer.MAX_VALUE / columns) {
            throw new IllegalArgumentException(rowsName + " " + rows + " times " + columnsName + " " + columns
                    + " gives a matrix of more than the " + Integer.MAX_VALUE
                    + " elements that an array can hold; choose smaller sizes");
        }
    }

    static float dropout(float value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("dropout must be in [0, 1), but is " + value);
        }
        return value;
    }
}
