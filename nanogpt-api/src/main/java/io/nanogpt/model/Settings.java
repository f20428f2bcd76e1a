package io.nanogpt.model;

/** Checks that the configurations share. */
final class Settings {
    private Settings() {}

    static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
        return value;
    }

    static float dropout(float value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("dropout must be in [0, 1), but is " + value);
        }
        return value;
    }
}
