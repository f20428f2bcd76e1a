package io.nanogpt.impl.train;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.ParameterGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes nothing: losses follow a script, and every update that is not of rate zero adds one to all weights, so that
 * a test can tell from a weight how many steps it took.
 */
final class FakeBackend implements Backend {
    /** The loss of an executable after some updates. */
    interface Script {
        float loss(int updates);
    }

    private final Script trainingLoss;
    private final Script evaluationLoss;
    final Store store = new Store();
    /** Whether executables do not fit into memory. */
    boolean full;
    /** Executables that are not closed. */
    int open;
    /** The most of them at any time. */
    int mostOpen;
    /** The ids of every training run, calibration included. */
    final List<int[]> trainingInputs = new ArrayList<>();
    /** The sequences and their length of every training run, such as 3x8. */
    final List<String> trainingShapes = new ArrayList<>();
    /** The ids of every evaluation batch. */
    final List<int[]> evaluationInputs = new ArrayList<>();

    double gradientNorm = 1;
    long bytesPerSequence = 1;

    FakeBackend(Script trainingLoss, Script evaluationLoss) {
        this.trainingLoss = trainingLoss;
        this.evaluationLoss = evaluationLoss;
    }

    /** Losses that fall by one a thousandth a step. */
    static FakeBackend falling() {
        return new FakeBackend(updates -> 5 - updates / 1000f, updates -> 6 - updates / 1000f);
    }

    @Override
    public String name() {
        return "fake (none, 1 thread)";
    }

    @Override
    public boolean supports(OpType type) {
        return true;
    }

    @Override
    public ParameterStore allocate(List<ParameterSpec> parameters) {
        parameters.forEach(store::add);
        return store;
    }

    @Override
    public Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence) {
        if (full) {
            throw new OutOfMemoryError("Java heap space");
        }
        boolean training = graph.outputs().keySet().stream().anyMatch(name -> name.startsWith("gradient/"));
        open++;
        mostOpen = Math.max(mostOpen, open);
        String shape = batch + "x" + sequence;
        return new Scripted(
                training ? trainingLoss : evaluationLoss,
                training ? trainingInputs : evaluationInputs,
                training ? () -> trainingShapes.add(shape) : () -> {});
    }

    @Override
    public long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return bytesPerSequence * batch;
    }

    @Override
    public Decoder decoder(Graph graph, ParameterStore parameters, int contextLength) {
        throw new UnsupportedOperationException("a fake does not decode");
    }

    @Override
    public void close() {}

    private final class Scripted implements Executable {
        private final Script script;
        private final List<int[]> inputs;
        private final Runnable record;
        private float loss;

        Scripted(Script script, List<int[]> inputs, Runnable record) {
            this.script = script;
            this.inputs = inputs;
            this.record = record;
        }

        @Override
        public void input(String name, int[] values) {
            if (name.equals(Graph.TOKENS)) {
                inputs.add(values.clone());
            }
        }

        @Override
        public void run(long randomKey) {
            record.run();
            loss = script.loss(store.updates);
        }

        @Override
        public float scalar(String output) {
            return loss;
        }

        @Override
        public void read(String output, float[] destination) {
            throw new UnsupportedOperationException("a fake has no tensors");
        }

        @Override
        public long bytes() {
            return 1000;
        }

        @Override
        public void close() {
            open--;
        }
    }

    /** Keeps weights and the arguments of updates. */
    final class Store implements ParameterStore {
        private final Map<ParameterSpec, float[]> values = new LinkedHashMap<>();
        /** Of every update that is not of rate zero. */
        final List<Double> gradientScales = new ArrayList<>();

        final List<Double> learningRates = new ArrayList<>();
        /** Weights of accumulated gradients, and negative weights of those that merged them. */
        final List<Float> held = new ArrayList<>();

        int updates;

        void add(ParameterSpec spec) {
            values.put(spec, new float[spec.elements()]);
        }

        float[] weight(String name) {
            ParameterSpec found = specs().stream()
                    .filter(spec -> spec.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            return values.getOrDefault(found, new float[0]);
        }

        @Override
        public List<ParameterSpec> specs() {
            return List.copyOf(values.keySet());
        }

        @Override
        public void read(String name, float[] destination) {
            float[] weight = weight(name);
            System.arraycopy(weight, 0, destination, 0, weight.length);
        }

        @Override
        public void write(String name, float[] source) {
            System.arraycopy(source, 0, weight(name), 0, source.length);
        }

        @Override
        public void readGradient(String name, float[] destination) {
            Arrays.fill(destination, 0);
        }

        @Override
        public void writeGradient(String name, float[] source) {}

        @Override
        public double gradientNorm() {
            return gradientNorm;
        }

        @Override
        public void accumulateGradients(float weight) {
            held.add(weight);
        }

        @Override
        public void mergeAccumulatedGradients(float weight) {
            held.add(-weight);
        }

        @Override
        public void readMoment(String name, int order, float[] destination) {
            Arrays.fill(destination, order * updates);
        }

        @Override
        public void writeMoment(String name, int order, float[] source) {
            updates = Math.round(source[0] / order);
        }

        @Override
        public void update(ParameterGroups groups, long step, double rateFactor, double gradientScale) {
            if (rateFactor == 0) {
                return;
            }
            updates++;
            learningRates.add(groups.rest().learningRate() * rateFactor);
            gradientScales.add(gradientScale);
            for (float[] weight : values.values()) {
                for (int i = 0; i < weight.length; i++) {
                    weight[i]++;
                }
            }
        }
    }
}
