package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.random.CounterRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class AttentionOperationsTest {
    private static final int HEAD_SIZE = 8;
    private static final int LENGTH = 41;
    private static final int ROWS = 2 * LENGTH;

    /** Outputs and gradients of two sequences, or of the examples that are packed into them. */
    private static float[] run(Kernels kernels, Attributes.Attention attributes, boolean keep, boolean packed) {
        int stride = (attributes.heads() + 2 * attributes.keyValueHeads()) * HEAD_SIZE;
        int width = attributes.heads() * HEAD_SIZE;
        int dy = ROWS * stride;
        int out = dy + ROWS * width;
        int gradient = out + ROWS * width;
        int probabilities = gradient + ROWS * stride;
        int size = probabilities + ROWS * attributes.heads() * LENGTH;
        int[] positions = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            positions[row] = row % LENGTH % 17;
        }
        MicroBatch microBatch = new MicroBatch(size, new int[0][], LENGTH, packed ? positions : null);
        microBatch.rows = ROWS;
        for (int i = 0; i < out; i++) {
            microBatch.arena[i] = (float) CounterRandom.normal(1, i);
        }
        AttentionOperations attention = new AttentionOperations(attributes, stride);
        AttentionOperations.Kept kept =
                keep ? new AttentionOperations.Kept(probabilities, LENGTH) : AttentionOperations.Kept.NOTHING;
        Worker worker = new Worker(kernels, CacheLines.FIRST + attention.backwardScratch(LENGTH), LENGTH);
        attention.forward(0, out, kept).run(microBatch, worker);
        // What the backward pass reads must be in the arena.
        Arrays.fill(worker.scratch, Float.NaN);
        attention.backward(dy, 0, out, gradient, kept).run(microBatch, worker);
        return Arrays.copyOfRange(microBatch.arena, out, probabilities);
    }

    @Test
    void keptProbabilitiesGiveTheBitsOfRecomputedOnes() {
        List<Attributes.Attention> all = List.of(
                new Attributes.Attention(2, 2, 0.3f, 0, 0),
                new Attributes.Attention(4, 2, 0.3f, 0, 0),
                new Attributes.Attention(4, 1, 0.3f, 11, 0),
                new Attributes.Attention(2, 1, 0.3f, 0, 1.5f));
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (Attributes.Attention attributes : all) {
                for (boolean packed : new boolean[] {false, true}) {
                    float[] kept = run(kernels, attributes, true, packed);
                    assertThat(kept).isEqualTo(run(kernels, attributes, false, packed));
                    assertThat(kept[kept.length - 1]).isFinite().isNotZero();
                }
            }
        }
    }
}
