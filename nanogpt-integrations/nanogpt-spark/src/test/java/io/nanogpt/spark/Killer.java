package io.nanogpt.spark;

import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Ends its process after a step, as SIGKILL does, unless a file says that it has done so already. */
final class Killer implements TrainingListener {
    private final Path mark;
    private final int step;

    /**
     * @param mark the file; null for one that kills nothing
     */
    Killer(Path mark, int step) {
        this.mark = mark;
        this.step = step;
    }

    @Override
    public void onStep(TrainingStep taken) {
        if (mark != null && taken.number() == step && !Files.exists(mark)) {
            try {
                Files.createFile(mark);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().halt(137);
        }
    }
}
