package io.nanogpt.impl.fakes;

import io.nanogpt.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the notices of runs.
 *
 * @param heard in their order
 */
public record Notices(List<String> heard) implements TrainingListener {
    /** Of no run yet. */
    public Notices() {
        this(new ArrayList<>());
    }

    @Override
    public void onNotice(String message) {
        heard.add(message);
    }
}
