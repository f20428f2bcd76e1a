package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.spi.Executable;
import java.util.Arrays;
import java.util.List;

/**
 * A plan with its memory. The batch is divided into micro-batches of whole sequences, which are computed in groups of
 * one micro-batch per thread; after each group its contributions are added to the gradients of parameters. Sums go over
 * micro-batches in their order, so they do not depend on the size of a group.
 */
final class CpuExecutable implements Executable {
    /**
     * Rows of a micro-batch: enough to reuse each panel of weights, few enough for several micro-batches per thread.
     */
    private static final int MICRO_BATCH_ROWS = 128;
    /** Sequences of a micro-batch of a recurrent model, which are the rows of every recurrent product. */
    private static final int RECURRENT_SEQUENCES = 16;

    private final Plan plan;
    private final CpuParameters parameters;
    private final ThreadTeam team;
    private final Worker[] workers;
    private final MicroBatch.Group group;
    private final Operation[] operations;
    private final WeightGradientTasks.Task[][] weightRounds;
    private final ThreadTeam.Job microBatchJob = this::runMicroBatch;
    private final ThreadTeam.Job partJob = this::runPart;
    private final ThreadTeam.Job[] weightJobs;
    private final List<String> outputNames;
    private final Plan.Output[] outputs;
    private final float[][] outputValues;
    private final int[][] inputs;
    private final int rows;
    private final int microBatchRows;
    private final double[] losses;
    /** The index of the targets among the inputs; negative without targets. */
    private final int targets;

    private int groupStart;
    /** The operation that the team computes part by part. */
    private Operation together;

    private float loss = Float.NaN;

    CpuExecutable(Graph graph, CpuParameters parameters, ThreadTeam team, Kernels kernels, int batch, int sequence) {
        int sequences = sequencesPerMicroBatch(graph, batch, sequence);
        this.microBatchRows = Math.multiplyExact(sequences, sequence);
        this.rows = Math.multiplyExact(batch, sequence);
        this.plan = Compiler.batch(graph, parameters, kernels.panelWidth(), microBatchRows, sequence);
        this.targets = plan.inputs().indexOf(Graph.TARGETS);
        if (!plan.weightRounds().isEmpty()) {
            parameters.reserveTableGradients(rows);
        }
        this.parameters = parameters;
        this.team = team;
        this.workers = new Worker[team.size()];
        Arrays.setAll(workers, i -> new Worker(kernels, plan.scratchSize(), plan.zeroSize()));
        this.inputs = new int[plan.inputs().size()][rows];
        this.losses = new double[(rows + microBatchRows - 1) / microBatchRows];
        MicroBatch[] microBatches = new MicroBatch[Math.min(team.size(), losses.length)];
        Arrays.setAll(microBatches, i -> new MicroBatch(plan.arenaSize(), inputs, sequence));
        this.group = new MicroBatch.Group(microBatches);
        this.operations = plan.operations().toArray(Operation[]::new);
        this.together = operations[0];
        this.weightRounds = plan.weightRounds().stream()
                .map(tasks -> tasks.toArray(WeightGradientTasks.Task[]::new))
                .toArray(WeightGradientTasks.Task[][]::new);
        this.weightJobs = new ThreadTeam.Job[weightRounds.length];
        for (int i = 0; i < weightJobs.length; i++) {
            WeightGradientTasks.Task[] tasks = weightRounds[i];
            weightJobs[i] = (task, worker) -> tasks[task].run(group, workers[worker]);
        }
        this.outputNames = List.copyOf(plan.outputs().keySet());
        this.outputs = outputNames.stream().map(plan.outputs()::get).toArray(Plan.Output[]::new);
        this.outputValues = Arrays.stream(outputs)
                .map(output -> new float[rows * output.width()])
                .toArray(float[][]::new);
    }

    @Override
    public void input(String name, int[] values) {
        List<String> names = plan.inputs();
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no input " + name + "; this graph has " + names);
        }
        if (values.length != rows) {
            throw new IllegalArgumentException("input " + name + " needs " + rows + " ids, but got " + values.length);
        }
        System.arraycopy(values, 0, inputs[index], 0, rows);
    }

    @Override
    public void run(long randomKey) {
        parameters.prepare();
        int counted = targets < 0 ? rows : countTargets();
        MicroBatch[] microBatches = group.microBatches;
        for (groupStart = 0; groupStart < losses.length; groupStart += microBatches.length) {
            int count = Math.min(microBatches.length, losses.length - groupStart);
            for (int i = 0; i < count; i++) {
                microBatches[i].firstRow = (groupStart + i) * microBatchRows;
                microBatches[i].rows = Math.min(microBatchRows, rows - microBatches[i].firstRow);
                microBatches[i].randomKey = randomKey;
                microBatches[i].countedRows = counted;
            }
            if (count == 1 && team.size() > 1) {
                runTogether(microBatches[0]);
            } else {
                team.run(count, microBatchJob);
            }
            sumGradients(count);
        }
        double sum = 0;
        for (double microBatchLoss : losses) {
            sum += microBatchLoss;
        }
        loss = counted == 0 ? 0 : (float) (sum / counted);
    }

    /**
     * A weight that is used twice has terms in two rounds; then micro-batches are summed one by one, so that the order
     * of terms is by micro-batch, and by round within each, for every size of the group.
     */
    private void sumGradients(int count) {
        int step = weightRounds.length > 1 ? 1 : count;
        for (int from = 0; from < count; from += step) {
            group.set(from, from + step, groupStart == 0 && from == 0);
            for (int i = 0; i < weightRounds.length; i++) {
                team.run(weightRounds[i].length, weightJobs[i]);
            }
        }
    }

    private int countTargets() {
        int counted = 0;
        for (int target : inputs[targets]) {
            if (target >= 0) {
                counted++;
            }
        }
        return counted;
    }

    private void runMicroBatch(int task, int worker) {
        MicroBatch microBatch = group.microBatches[task];
        for (Operation operation : operations) {
            operation.run(microBatch, workers[worker]);
        }
        finish(task);
    }

    /** Computes a single micro-batch with all threads, operation by operation. */
    private void runTogether(MicroBatch microBatch) {
        for (Operation operation : operations) {
            together = operation;
            team.run(operation.parts(microBatch), partJob);
        }
        finish(0);
    }

    private void runPart(int part, int worker) {
        together.run(group.microBatches[0], workers[worker], part);
    }

    /** Copies the loss and the outputs of a micro-batch out of its arena. */
    private void finish(int task) {
        MicroBatch microBatch = group.microBatches[task];
        losses[groupStart + task] = microBatch.loss;
        for (int i = 0; i < outputs.length; i++) {
            int width = outputs[i].width();
            System.arraycopy(
                    microBatch.arena,
                    outputs[i].offset(),
                    outputValues[i],
                    microBatch.firstRow * width,
                    microBatch.rows * width);
        }
    }

    @Override
    public float scalar(String output) {
        if (!output.equals(Graph.LOSS)) {
            throw new IllegalArgumentException("no scalar output " + output + "; there is " + Graph.LOSS);
        }
        return loss;
    }

    @Override
    public void read(String name, float[] destination) {
        int index = outputNames.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no output " + name + "; this graph has " + outputNames
                    + ", and gradients are read from the parameters");
        }
        float[] output = outputValues[index];
        if (destination.length != output.length) {
            throw new IllegalArgumentException(
                    "output " + name + " has " + output.length + " elements, but the array has " + destination.length);
        }
        System.arraycopy(output, 0, destination, 0, output.length);
    }

    @Override
    public long bytes() {
        return bytes(plan, group.microBatches.length, workers.length, rows);
    }

    /** Its memory is the heap's. */
    @Override
    public void close() {}

    /** The memory of an executable, computed from its plan alone. */
    static long bytes(Graph graph, CpuParameters parameters, Kernels kernels, int threads, int batch, int sequence) {
        int sequences = sequencesPerMicroBatch(graph, batch, sequence);
        int rows = Math.multiplyExact(batch, sequence);
        Plan plan = Compiler.batch(
                graph, parameters, kernels.panelWidth(), Math.multiplyExact(sequences, sequence), sequence);
        return bytes(plan, Math.min(threads, (batch + sequences - 1) / sequences), threads, rows);
    }

    private static long bytes(Plan plan, int microBatches, int threads, int rows) {
        long floats = (long) plan.arenaSize() * microBatches + (long) threads * (plan.scratchSize() + plan.zeroSize());
        for (Plan.Output output : plan.outputs().values()) {
            floats += (long) rows * output.width();
        }
        return floats * Float.BYTES + (long) plan.inputs().size() * rows * Integer.BYTES;
    }

    private static int sequencesPerMicroBatch(Graph graph, int batch, int sequence) {
        boolean recurrent = graph.nodes().stream().anyMatch(node -> node.type() == OpType.LSTM);
        return Math.min(batch, Math.max(recurrent ? RECURRENT_SEQUENCES : 1, MICRO_BATCH_ROWS / sequence));
    }
}
