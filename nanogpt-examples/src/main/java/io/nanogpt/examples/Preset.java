package io.nanogpt.examples;

/** Settings that belong together; every option of the command line overrides its own. */
enum Preset {
    /** The caption notebook on a CPU; the default. */
    CAPTIONS(4, 4, 128, 64, 12, 2_000, 0, 200, 50),
    /** The caption notebook on a GPU; hours on a CPU. */
    CAPTIONS_GPU(4, 4, 256, 256, 64, 2_000, 0.2, 250, 200);

    final int layers;
    final int heads;
    final int embeddingSize;
    final int contextLength;
    final int batchSize;
    final int steps;
    final double dropout;
    final int evaluateEvery;
    final int evaluationBatches;

    Preset(
            int layers,
            int heads,
            int embeddingSize,
            int contextLength,
            int batchSize,
            int steps,
            double dropout,
            int evaluateEvery,
            int evaluationBatches) {
        this.layers = layers;
        this.heads = heads;
        this.embeddingSize = embeddingSize;
        this.contextLength = contextLength;
        this.batchSize = batchSize;
        this.steps = steps;
        this.dropout = dropout;
        this.evaluateEvery = evaluateEvery;
        this.evaluationBatches = evaluationBatches;
    }

    /** As the command line writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
