package io.nanogpt.impl.cpu;

import com.sun.management.ThreadMXBean;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.ParameterStore;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Decodes many sequences of a small caption GPT and prints the bytes that a step allocates once it is compiled. */
final class AllocatingDecoding {
    /** Of many sequences, all kernels are compiled after 12 at most. */
    private static final int ROUNDS = 25;
    /** No multiple of a vector: the last scores of a full context are no whole vectors either. */
    private static final int STEPS = 200;

    private static final int SEQUENCES = Integer.getInteger("nanogpt.test.sequences", 21);
    private static final int VOCABULARY = 109;

    private AllocatingDecoding() {}

    /** A token for a slot; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Fed(int slot, int[] tokens, float[] logits) implements BatchDecoder.Feed {
        @Override
        public int from() {
            return 0;
        }

        @Override
        public int count() {
            return 1;
        }
    }

    public static void main(String[] arguments) {
        Graph model =
                Models.captions(Models.captions(2, 2, 64, STEPS, VOCABULARY), 0).graph();
        WeightPrecision precision = WeightPrecision.valueOf(System.getProperty("nanogpt.test.precision", "F32"));
        try (CpuBackend backend = CpuBackend.open(1, precision)) {
            ParameterStore parameters = backend.allocate(model);
            for (ParameterSpec spec : parameters.specs()) {
                float[] values = new float[spec.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = 0.02f * (i * 31 % 17 - 8);
                }
                parameters.write(spec.name(), values);
            }
            BatchDecoder decoder =
                    backend.batchDecoder(model, parameters, STEPS).orElseThrow();
            List<Fed> feeds = new ArrayList<>();
            for (int slot = 0; slot < SEQUENCES; slot++) {
                feeds.add(new Fed(slot, new int[] {slot}, new float[VOCABULARY]));
            }
            for (int round = 1; round < ROUNDS; round++) {
                decode(decoder, feeds);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            decode(decoder, feeds);
            System.out.println((threads.getCurrentThreadAllocatedBytes() - before) / STEPS);
        }
    }

    private static void decode(BatchDecoder decoder, List<Fed> feeds) {
        feeds.forEach(fed -> decoder.reset(fed.slot()));
        for (int step = 0; step < STEPS; step++) {
            decoder.feed(feeds);
        }
    }
}
