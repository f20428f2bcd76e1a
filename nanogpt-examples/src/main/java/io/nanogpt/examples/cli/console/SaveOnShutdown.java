package io.nanogpt.examples.cli.console;

import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import java.util.concurrent.CountDownLatch;

/**
 * Lets Ctrl-C end a training run instead of the program: the run ends after its current step, and the program waits until
 * this is closed, which the caller does once the model is saved.
 */
public final class SaveOnShutdown implements TrainingListener, AutoCloseable {
    private final Thread trainer = Thread.currentThread();
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::endTraining, "nanogpt-save-on-shutdown");
    private boolean training;
    private boolean saving;

    public SaveOnShutdown() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void onStart(TrainingPlan plan) {
        begin();
    }

    /** Marks the beginning of training: from now on there is something to save. */
    public synchronized void begin() {
        training = true;
    }

    /** Marks the end of training, and clears the interrupt that ended it, if any; from now on there is none. */
    public synchronized boolean beginSaving() {
        saving = true;
        return Thread.interrupted();
    }

    @Override
    public void close() {
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook ended training, and returns now.
        }
    }

    private void endTraining() {
        synchronized (this) {
            if (!training) {
                return;
            }
            if (!saving) {
                trainer.interrupt();
            }
        }
        try {
            saved.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
