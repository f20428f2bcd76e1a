package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.spi.ParameterUpdate;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CustomOptimizer;
import io.nanogpt.train.Muon;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.RowwiseAdagrad;
import io.nanogpt.train.Sgd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * All parameters in one flat array per device. Gradients are summed on the first device, which also holds the moments
 * and runs the optimizer; updated weights are copied from there to the others.
 */
final class DjlParameters implements ParameterStore {
    private final List<ParameterSpec> specs;
    private final ParameterLayout layout;
    private final TorchModule program;
    private final List<Replica> replicas;
    /** Moments after the second, and those with more elements than their parameter, which only rules of users have. */
    private final Map<String, float[]> otherMoments = new HashMap<>();

    DjlParameters(List<ParameterSpec> specs, List<NDManager> devices, TorchModule program) {
        this.specs = List.copyOf(specs);
        this.layout = new ParameterLayout(specs);
        this.program = program;
        List<Replica> list = new ArrayList<>();
        for (NDManager device : devices) {
            list.add(new Replica(device, layout));
        }
        replicas = List.copyOf(list);
    }

    /** The program of parameter stores. */
    static Program program() {
        return new Program().include("store.torchscript");
    }

    ParameterLayout layout() {
        return layout;
    }

    Replica replica(int device) {
        return replicas.get(device);
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        read(layout.place(name, destination.length), Replica.VALUES, destination);
    }

    @Override
    public void write(String name, float[] source) {
        write(layout.place(name, source.length), Replica.VALUES, source);
        broadcast();
    }

    @Override
    public void readGradient(String name, float[] destination) {
        read(layout.place(name, destination.length), Replica.GRADIENTS, destination);
    }

    @Override
    public void writeGradient(String name, float[] source) {
        write(layout.place(name, source.length), Replica.GRADIENTS, source);
    }

    @Override
    public void readMoment(String name, int order, float[] destination) {
        ParameterLayout.Place place = layout.place(name);
        if (order <= 2 && destination.length <= place.elements()) {
            read(
                    new ParameterLayout.Place(place.offset(), destination.length, place.sizes()),
                    moment(order),
                    destination);
        } else {
            float[] array = otherMoments.getOrDefault(name + ":" + order, new float[destination.length]);
            System.arraycopy(array, 0, destination, 0, destination.length);
        }
    }

    @Override
    public void writeMoment(String name, int order, float[] source) {
        ParameterLayout.Place place = layout.place(name);
        if (order <= 2 && source.length <= place.elements()) {
            write(new ParameterLayout.Place(place.offset(), source.length, place.sizes()), moment(order), source);
        } else {
            otherMoments.put(name + ":" + order, source.clone());
        }
    }

    private static int moment(int order) {
        return order == 1 ? Replica.MEANS : Replica.SQUARES;
    }

    private void read(ParameterLayout.Place place, int array, float[] destination) {
        Replica first = replicas.get(0);
        float[] values = call(
                "part",
                new TorchModule.Arguments()
                        .add(first.array(array))
                        .add(place.offset())
                        .add(place.elements()),
                NDArray::toFloatArray);
        System.arraycopy(values, 0, destination, 0, destination.length);
    }

    private void write(ParameterLayout.Place place, int array, float[] source) {
        Replica first = replicas.get(0);
        try (NDArray values = first.manager().create(source)) {
            call(
                    "write",
                    new TorchModule.Arguments()
                            .add(first.array(array))
                            .add(place.offset())
                            .add(values));
        }
    }

    /** Copies the weights of the first device to all others. */
    private void broadcast() {
        NDArray weights = replicas.get(0).array(Replica.VALUES);
        for (Replica replica : replicas.subList(1, replicas.size())) {
            call(
                    "copy",
                    new TorchModule.Arguments()
                            .add(replica.array(Replica.VALUES))
                            .add(weights));
        }
    }

    /** Sums the gradients of the first {@code devices} devices on the first one, in their order. */
    void addGradients(int devices) {
        for (Replica replica : replicas.subList(1, devices)) {
            call(
                    "add",
                    new TorchModule.Arguments()
                            .add(replicas.get(0).array(Replica.GRADIENTS))
                            .add(replica.array(Replica.GRADIENTS)));
        }
    }

    @Override
    public double gradientNorm() {
        return call(
                "norm",
                new TorchModule.Arguments().add(replicas.get(0).array(Replica.GRADIENTS)),
                norm -> norm.toDoubleArray()[0]);
    }

    @Override
    public void accumulateGradients(float weight) {
        Replica first = replicas.get(0);
        call(
                "accumulate",
                new TorchModule.Arguments()
                        .add(first.array(Replica.ACCUMULATED))
                        .add(first.array(Replica.GRADIENTS))
                        .add((double) weight));
    }

    @Override
    public void mergeAccumulatedGradients(float weight) {
        Replica first = replicas.get(0);
        if (!first.has(Replica.ACCUMULATED)) {
            throw new IllegalStateException("no gradients are accumulated");
        }
        call(
                "merge",
                new TorchModule.Arguments()
                        .add(first.array(Replica.ACCUMULATED))
                        .add(first.array(Replica.GRADIENTS))
                        .add((double) weight));
    }

    @Override
    public void update(ParameterGroups groups, long step, double rateFactor, double gradientScale) {
        groups.requireFit(trained());
        for (ParameterLayout.Range range : layout.ranges(spec -> groups.optimizer(spec))) {
            switch (range.optimizer().kind()) {
                case ADAMW -> adamW((AdamW) range.optimizer(), range, step, rateFactor, gradientScale);
                case SGD -> sgd((Sgd) range.optimizer(), range, rateFactor, gradientScale);
                case CUSTOM -> custom((CustomOptimizer) range.optimizer(), range, step, rateFactor, gradientScale);
                case MUON -> muon((Muon) range.optimizer(), range, rateFactor, gradientScale);
                case ROWWISE_ADAGRAD -> {
                    RowwiseAdagrad rule = (RowwiseAdagrad) range.optimizer();
                    range.parameters().forEach(table -> rowwiseAdagrad(rule, table, rateFactor, gradientScale));
                }
            }
        }
        broadcast();
    }

    /** Rules of users update copies in Java's memory. */
    private void custom(
            CustomOptimizer optimizer, ParameterLayout.Range range, long step, double factor, double gradientScale) {
        for (ParameterSpec spec : range.parameters()) {
            float[] values = new float[spec.elements()];
            float[] gradient = new float[spec.elements()];
            List<float[]> state = new ArrayList<>();
            read(spec.name(), values);
            readGradient(spec.name(), gradient);
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= (float) gradientScale;
            }
            for (Shape shape : optimizer.stateShapes(spec)) {
                float[] array = new float[Math.toIntExact(shape.elements())];
                state.add(array);
                readMoment(spec.name(), state.size(), array);
            }
            ParameterUpdate update = new ParameterUpdate(spec, values, gradient, state);
            update.begin(step, optimizer.learningRate() * factor, optimizer.weightDecay());
            optimizer.rule().update(update);
            write(layout.place(spec.name(), values.length), Replica.VALUES, values);
            for (int order = 1; order <= state.size(); order++) {
                writeMoment(spec.name(), order, state.get(order - 1));
            }
        }
    }

    private void muon(Muon rule, ParameterLayout.Range range, double rateFactor, double gradientScale) {
        double rate = rule.learningRate() * rateFactor;
        for (ParameterSpec spec : range.parameters()) {
            int columns = spec.shape().size(1);
            long offset = layout.place(spec.name(), spec.elements()).offset();
            long row = 0;
            for (int rows : rule.rows(spec)) {
                call(
                        "muon",
                        new TorchModule.Arguments()
                                .add(state(rule.normalizesRows() ? Replica.SQUARES : Replica.MEANS))
                                // The means of squares of rows take the first elements of the second moment.
                                .addAll(offset + row * columns, offset + row, rows, columns)
                                .add(rule.nesterov())
                                .add(rule.normalizesRows())
                                .add(rule.cautious())
                                .addAll(polynomials(rule))
                                .addAll(
                                        gradientScale,
                                        1 - rule.momentum(),
                                        rate * rule.scale().factor(rows, columns),
                                        rate * rule.weightDecay(),
                                        rule.coefficients().divisor(1)
                                                - rule.coefficients().divisor(0),
                                        rule.coefficients().divisor(0)));
                row += rows;
            }
        }
    }

    /** The coefficients of all iterations, one after the other. */
    private static double[] polynomials(Muon rule) {
        double[] all = new double[3 * rule.iterations()];
        for (int i = 0; i < rule.iterations(); i++) {
            for (int power = 0; power < 3; power++) {
                all[3 * i + power] = rule.coefficients().of(i, power);
            }
        }
        return all;
    }

    private void sgd(Sgd rule, ParameterLayout.Range range, double rateFactor, double gradientScale) {
        call(
                "sgd",
                new TorchModule.Arguments()
                        .add(state(rule.momentum() > 0 ? Replica.MEANS : Replica.GRADIENTS))
                        .add(range.from())
                        .add(range.count())
                        .add(rule.nesterov())
                        .addAll(gradientScale, rule.learningRate() * rateFactor, rule.momentum(), rule.weightDecay()));
    }

    private void rowwiseAdagrad(RowwiseAdagrad rule, ParameterSpec table, double rateFactor, double gradientScale) {
        call(
                "rowwise_adagrad",
                new TorchModule.Arguments()
                        .add(state(Replica.MEANS))
                        .add(layout.place(table.name()).offset())
                        .add((long) table.shape().size(0))
                        .add((long) table.shape().size(1))
                        .addAll(gradientScale, rule.epsilon(), -rule.learningRate() * rateFactor));
    }

    private void adamW(AdamW rule, ParameterLayout.Range range, long step, double rateFactor, double gradientScale) {
        double rate = rule.learningRate() * rateFactor;
        boolean decays = rule.decay() == AdamW.Decay.ALL || range.matrices();
        call(
                "adamw",
                new TorchModule.Arguments()
                        .add(state(Replica.SQUARES))
                        .add(range.from())
                        .add(range.count())
                        .addAll(
                                gradientScale,
                                1 - rate * (decays ? rule.weightDecay() : 0),
                                1 - rule.beta1(),
                                rule.beta2(),
                                1 / Math.sqrt(1 - Math.pow(rule.beta2(), (double) step)),
                                rule.epsilon(),
                                -rate / (1 - Math.pow(rule.beta1(), (double) step))));
    }

    /** The flat arrays up to and including {@code last}. */
    private List<NDArray> state(int last) {
        List<NDArray> state = new ArrayList<>();
        for (int place = Replica.VALUES; place <= last; place++) {
            state.add(replicas.get(0).array(place));
        }
        return state;
    }

    private void call(String method, TorchModule.Arguments arguments) {
        call(method, arguments, result -> result);
    }

    /** Calls a method of the store's program, and frees its result once {@code read} returns. */
    private <R> R call(String method, TorchModule.Arguments arguments, Function<NDArray, R> read) {
        try (NDManager step = replicas.get(0).manager().newSubManager()) {
            NDList results = program.call(method, arguments, step);
            return read.apply(results.singletonOrThrow());
        }
    }
}
