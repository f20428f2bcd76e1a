package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lowers the gradients of parameters to {@link WeightGradientTasks}. A parameter that is used several times has a
 * gradient of several terms, which are computed in as many rounds.
 */
final class WeightGradientCompiler {
    private final Graph graph;
    private final CpuParameters parameters;
    private final TensorLayout layout;
    private final int panelWidth;
    private final List<String> inputs;
    private final List<Operation> operations;
    private final GradientTerms terms;
    private final List<List<WeightGradientTasks.Task>> rounds = new ArrayList<>();

    /**
     * Creates a compiler without tasks.
     *
     * @param inputs names of the run-time inputs, in the order of the plan
     * @param operations receives those that compute a part of a gradient per micro-batch
     */
    WeightGradientCompiler(
            Graph graph,
            CpuParameters parameters,
            TensorLayout layout,
            int panelWidth,
            List<String> inputs,
            List<Operation> operations) {
        this.graph = graph;
        this.parameters = parameters;
        this.layout = layout;
        this.panelWidth = panelWidth;
        this.inputs = inputs;
        this.operations = operations;
        this.terms = new GradientTerms(graph);
    }

    /** The tasks of all rounds, longest first within each. */
    List<List<WeightGradientTasks.Task>> rounds() {
        rounds.forEach(tasks -> tasks.sort(
                Comparator.comparingLong(WeightGradientTasks.Task::work).reversed()));
        return rounds;
    }

    /** Adds the tasks for the weight of a linear layer. */
    void linear(Node term) {
        int outputs = layout.width(input(term, 0));
        int depth = layout.width(input(term, 1));
        layout.requireScratch(WeightGradientTasks.scratch(outputs, depth, panelWidth));
        tasks(term)
                .addAll(WeightGradientTasks.linear(
                        layout.offsetOf(term, 0),
                        layout.offsetOf(term, 1),
                        outputs,
                        depth,
                        panelWidth,
                        parameters.products() != null,
                        gradient(term)));
    }

    /** Adds the tasks for an embedding table. */
    void embedding(Node term) {
        SparseTable table = parameters.table(terms.parameter(term));
        if (table != null) {
            tasks(term)
                    .add(new EmbeddingGradientTasks.Sparse(
                            inputs.indexOf(input(term, 0).name()),
                            layout.offsetOf(term, 1),
                            (Attributes.Embedding) term.attributes(),
                            table,
                            terms.round(term) == 0));
            return;
        }
        tasks(term)
                .addAll(EmbeddingGradientTasks.embedding(
                        inputs.indexOf(input(term, 0).name()),
                        layout.offsetOf(term, 1),
                        (Attributes.Embedding) term.attributes(),
                        layout.width(term),
                        gradient(term)));
    }

    /** Adds the tasks for the weight of a linear layer on one-hot vectors. */
    void oneHot(Node term) {
        tasks(term)
                .addAll(EmbeddingGradientTasks.oneHot(
                        inputs.indexOf(input(term, 0).name()),
                        layout.offsetOf(term, 1),
                        (Attributes.OneHot) term.attributes(),
                        layout.width(input(term, 1)),
                        gradient(term)));
    }

    /** Adds the task for a table of positions. */
    void positions(Node term) {
        tasks(term)
                .add(new WeightGradientTasks.Positions(
                        layout.offsetOf(term, 0),
                        layout.width(term),
                        term.shape().size(0),
                        gradient(term)));
    }

    /** Adds the operation and the task for a bias. */
    void sumRows(Node term) {
        int part = allocatePart(term);
        operations.add(new LinearOperations.SumRows(layout.offsetOf(term, 0), part, layout.width(term)));
    }

    /** Adds the operation and the task for the weight of a layer norm. */
    void layerNorm(Node term) {
        int part = allocatePart(term);
        operations.add(new NormOperations.LayerNormWeightGradient(
                layout.offsetOf(term, 0), layout.offsetOf(term, 1), Compiler.epsilon(term), part, layout.width(term)));
    }

    /** Adds the operation and the task for the weight of an RMS norm. */
    void rmsNorm(Node term) {
        int part = allocatePart(term);
        operations.add(new NormOperations.RmsNormWeightGradient(
                layout.offsetOf(term, 0), layout.offsetOf(term, 1), Compiler.epsilon(term), part, layout.width(term)));
    }

    /** Adds the operation and the task for the weight of a depthwise convolution. */
    void convolution(Node term) {
        int window = term.shape().size(2);
        int size = layout.width(input(term, 0));
        int part = allocatePart(term);
        layout.requireScratch(ConvolutionOperations.scratch(window, size));
        operations.add(new ConvolutionOperations.DepthwiseConvWeightGradient(
                layout.offsetOf(term, 0), layout.offsetOf(term, 1), window, part, size));
    }

    /** Adds the operation and the task for the weight of a causal convolution. */
    void causalConvolution(Node term) {
        int part = allocatePart(term);
        operations.add(new ConvolutionOperations.CausalConvWeightGradient(
                layout.offsetOf(term, 0),
                layout.offsetOf(term, 1),
                term.shape().size(0),
                part,
                layout.width(input(term, 0))));
    }

    /** Adds the operation and the task for the factor of a scale. */
    void factor(Node term) {
        int part = allocatePart(term);
        int dy = layout.offsetOf(term, 0);
        int x = layout.offsetOf(term, 1);
        int size = term.shape().size(0);
        int width = layout.width(input(term, 0));
        operations.add(
                size == 1
                        ? new ElementwiseOperations.ScaleFactorGradient(dy, x, part, width)
                        : new ElementwiseOperations.ScaleFeaturesGradient(dy, x, size, part, width));
    }

    /** Allocates the part of a gradient that each micro-batch computes, and adds the task that sums the parts. */
    private int allocatePart(Node term) {
        int size = Math.toIntExact(term.shape().elements());
        int part = layout.allocate(size);
        tasks(term).add(new WeightGradientTasks.PartialSums(part, size, gradient(term)));
        return part;
    }

    private WeightGradientTasks.Gradient gradient(Node term) {
        return new WeightGradientTasks.Gradient(
                parameters.gradients(), parameters.offset(terms.parameter(term)), terms.round(term) == 0);
    }

    /** The tasks of the round in which a term is added to its gradient. */
    private List<WeightGradientTasks.Task> tasks(Node term) {
        int round = terms.round(term);
        while (rounds.size() <= round) {
            rounds.add(new ArrayList<>());
        }
        return rounds.get(round);
    }

    private Node input(Node node, int index) {
        return graph.node(node.input(index));
    }
}
