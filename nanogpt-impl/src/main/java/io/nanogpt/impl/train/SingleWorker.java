package io.nanogpt.impl.train;

import io.nanogpt.spi.Collective;

/** The only worker of a run, which has nobody to exchange anything with. */
final class SingleWorker implements Collective {
    @Override
    public int rank() {
        return 0;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public double[][] gather(double... mine) {
        return new double[][] {mine};
    }

    @Override
    public void broadcast(float[] values) {}

    @Override
    public void scatter(float[] values) {}

    @Override
    public void receive(int worker, float[] share) {
        throw new IllegalArgumentException("there is no worker " + worker);
    }

    @Override
    public void share(float[] values) {}
}
