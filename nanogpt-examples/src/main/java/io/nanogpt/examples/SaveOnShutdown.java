package io.nanogpt.examples;

import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import java.util.concurrent.CountDownLatch;

/**
 * Makes Ctrl-C end a training run instead of the program: the run ends after its step, and the program waits until what
 * was learned is saved. To be closed when it is.
 */
final class SaveOnShutdown implements TrainingListener, AutoCloseable {
    private final Thread trainer = Thread.currentThread();
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::endTraining, "nanogpt-save-on-shutdown");
    private boolean training;
    private boolean saving;

    SaveOnShutdown() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void onStart(TrainingPlan plan) {
        begin();
    }

    /** From here on there is something to save. */
    synchronized void begin() {
        training = true;
    }

    /** From here on an interrupt could only do harm; one that came before is taken back. */
    synchronized boolean beginSaving() {
        saving = true;
        return Thread.interrupted();
    }

    @Override
    public void close() {
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook is what let training end; it returns now.
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
