package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.graph.HiddenStates;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Mean hidden states of texts. Not thread-safe: callers ensure that no other executable of the store is running.
 *
 * <p>A text is cut into windows of the context length, and windows of about one length are computed together, padded at
 * their ends: no state depends on a later token.
 */
final class TextEmbedder implements AutoCloseable {
    /** Windows of a batch at most. */
    private static final int BATCH = 8;
    /** The shortest length that windows are padded to. */
    private static final int SHORTEST = 8;
    /** Cached executables. */
    private static final int KEPT = 8;

    private final Architecture architecture;
    private final Backend backend;
    private final ParameterStore parameters;
    /** Built at first use. */
    private @Nullable Graph graph;

    private final Map<Size, Executable> executables = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Size, Executable> eldest) {
            boolean tooMany = size() > KEPT;
            if (tooMany) {
                eldest.getValue().close();
            }
            return tooMany;
        }
    };

    TextEmbedder(Architecture architecture, Backend backend, ParameterStore parameters) {
        this.architecture = architecture;
        this.backend = backend;
        this.parameters = parameters;
    }

    /** Returns the mean over the tokens of each text. */
    List<float[]> embed(List<int[]> texts) {
        Graph hidden = hidden();
        int features = hidden.output(HiddenStates.OUTPUT).shape().features();
        List<double[]> sums = new ArrayList<>();
        Map<Integer, List<Window>> byLength = new TreeMap<>();
        for (int[] ids : texts) {
            if (ids.length == 0) {
                throw new IllegalArgumentException("text " + sums.size()
                        + " (counted from 0) has no token, so it has no embedding; give at least one" + " character");
            }
            double[] sum = new double[features];
            sums.add(sum);
            for (int from = 0; from < ids.length; from += architecture.contextLength()) {
                int count = Math.min(architecture.contextLength(), ids.length - from);
                byLength.computeIfAbsent(padded(count), length -> new ArrayList<>())
                        .add(new Window(ids, from, count, sum));
            }
        }
        byLength.forEach((length, windows) -> add(hidden, length, windows, features));
        List<float[]> means = new ArrayList<>();
        for (int text = 0; text < sums.size(); text++) {
            means.add(mean(sums.get(text), texts.get(text).length));
        }
        return means;
    }

    private Graph hidden() {
        Graph known = graph;
        if (known == null) {
            known = HiddenStates.of(architecture.graph());
            graph = known;
        }
        return known;
    }

    /** A power of two, or the context length: few lengths are compiled. */
    private int padded(int count) {
        int length = SHORTEST;
        while (length < count) {
            length *= 2;
        }
        return Math.min(length, architecture.contextLength());
    }

    private void add(Graph hidden, int length, List<Window> windows, int features) {
        int from = 0;
        while (from < windows.size()) {
            int batch = Math.min(BATCH, Integer.highestOneBit(windows.size() - from));
            NanogptInterruptedException.check("the embedding");
            compute(hidden, new Size(batch, length), windows.subList(from, from + batch), features);
            from += batch;
        }
    }

    private void compute(Graph hidden, Size size, List<Window> windows, int features) {
        int[] inputs = new int[size.batch() * size.length()];
        for (int row = 0; row < size.batch(); row++) {
            windows.get(row).copyTo(inputs, row * size.length());
        }
        Executable executable = executables.get(size);
        if (executable == null) {
            executable = backend.compile(hidden, parameters, size.batch(), size.length());
            executables.put(size, executable);
        }
        executable.input(Graph.TOKENS, inputs);
        executable.run(0); // An inference graph has no dropout, so the key is unused.
        float[] states = new float[Math.multiplyExact(inputs.length, features)];
        executable.read(HiddenStates.OUTPUT, states);
        for (int row = 0; row < size.batch(); row++) {
            windows.get(row).add(states, row * size.length() * features);
        }
    }

    private static float[] mean(double[] sum, int count) {
        float[] mean = new float[sum.length];
        for (int feature = 0; feature < mean.length; feature++) {
            mean[feature] = (float) (sum[feature] / count);
        }
        return mean;
    }

    @Override
    public void close() {
        executables.values().forEach(Executable::close);
        executables.clear();
    }

    /** The input size of an executable. */
    private record Size(int batch, int length) {}

    /** Consecutive tokens of a text, whose states are added to its sum. */
    private static final class Window {
        private final int[] ids;
        private final int from;
        private final int count;
        private final double[] sum;

        Window(int[] ids, int from, int count, double[] sum) {
            this.ids = ids;
            this.from = from;
            this.count = count;
            this.sum = sum;
        }

        void copyTo(int[] inputs, int offset) {
            System.arraycopy(ids, from, inputs, offset, count);
        }

        void add(float[] states, int offset) {
            int at = offset;
            for (int token = 0; token < count; token++) {
                for (int feature = 0; feature < sum.length; feature++) {
                    sum[feature] += states[at++];
                }
            }
        }
    }
}
