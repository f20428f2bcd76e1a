package com.example;

import io.nanogpt.spi.Executable;
import java.util.concurrent.atomic.AtomicLong;

/** Adds up how long another executable runs. */
record TimedExecutable(Executable inner, AtomicLong nanoseconds) implements Executable {
    @Override
    public void input(String name, int[] values) {
        inner.input(name, values);
    }

    @Override
    public void run(long randomKey) {
        long begin = System.nanoTime();
        inner.run(randomKey);
        nanoseconds.addAndGet(System.nanoTime() - begin);
    }

    @Override
    public float scalar(String output) {
        return inner.scalar(output);
    }

    @Override
    public void read(String output, float[] destination) {
        inner.read(output, destination);
    }

    @Override
    public long bytes() {
        return inner.bytes();
    }

    @Override
    public void close() {
        inner.close();
    }
}
