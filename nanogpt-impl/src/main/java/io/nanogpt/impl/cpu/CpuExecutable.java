package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.spi.Executable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A plan with its memory. The batch is divided into micro-batches of whole sequences, which are computed in groups of
 * one micro-batch per thread; after each group its contributions are added to the gradients of parameters. Sums go over
 * micro-batches in their order, so they do not depend on the size of a group. Memory for another group lets threads begin the
 * next one before the last micro-batch of this one is done.
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
    /** The micro-batch {@code i} of the batch is in the place {@code i % places.length}. */
    private final MicroBatch[] places;

    private final Operation[] operations;
    private final WeightGradientTasks.Task[][] weightRounds;
    /** All groups but a last one of a single micro-batch, which keeps one thread of a team busy. */
    private final Stages groups;

    private final Stages lastSums;
    private final boolean lastIsAlone;
    private final ThreadTeam.Job partJob = this::runPart;
    private final List<String> outputNames;
    private final Plan.Output[] outputs;
    private final float[][] outputValues;
    private final int[][] inputs;
    private final int rows;
    private final int microBatchRows;
    private final double[] losses;
    /** The index of the targets among the inputs; negative without targets. */
    private final int targets;

    private long randomKey;
    private int countedRows;
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
        Arrays.setAll(
                workers,
                i -> new Worker(
                        kernels, parameters.products(), CacheLines.allocate(plan.scratchSize()), plan.zeroSize()));
        this.inputs = new int[plan.inputs().size()][rows];
        this.losses = new double[(rows + microBatchRows - 1) / microBatchRows];
        this.places = new MicroBatch[places(team.size(), losses.length)];
        int positions = plan.inputs().indexOf(Graph.POSITIONS);
        int[] packed = positions < 0 ? null : inputs[positions];
        Arrays.setAll(places, i -> new MicroBatch(plan.arenaSize(), inputs, sequence, packed));
        this.operations = plan.operations().toArray(Operation[]::new);
        this.together = operations[0];
        this.weightRounds = plan.weightRounds().stream()
                .map(tasks -> tasks.toArray(WeightGradientTasks.Task[]::new))
                .toArray(WeightGradientTasks.Task[][]::new);
        int alone = aloneAtTheEnd(team.size(), losses.length);
        this.lastIsAlone = alone > 0;
        this.groups = groups(losses.length - alone);
        List<Stages.Stage> sums = new ArrayList<>();
        if (lastIsAlone) {
            addSums(sums, losses.length - 1, losses.length, List.of());
        }
        this.lastSums = new Stages(sums);
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
        this.countedRows = targets < 0 ? rows : countTargets();
        this.randomKey = randomKey;
        groups.run(team);
        if (lastIsAlone) {
            runTogether(losses.length - 1);
            lastSums.run(team);
        }
        double sum = 0;
        for (double microBatchLoss : losses) {
            sum += microBatchLoss;
        }
        loss = countedRows == 0 ? 0 : (float) (sum / countedRows);
    }

    /**
     * The stages of the first micro-batches. The micro-batches of the next group come before the sums of a group, as far
     * as there is memory for them, so that a thread has work while another is still busy with the group.
     */
    private Stages groups(int microBatches) {
        List<Stages.Stage> stages = new ArrayList<>();
        int size = Math.min(team.size(), places.length);
        int ahead = places.length - size;
        int[] computed = new int[microBatches];
        /* The last stage that uses the memory of a micro-batch. */
        int[] free = new int[microBatches];
        int next = 0;
        for (int from = 0; from < microBatches; from += size) {
            int to = Math.min(microBatches, from + size);
            for (; next < Math.min(microBatches, to + ahead); next++) {
                int index = next;
                int replaced = index - places.length;
                computed[index] = stages.size();
                stages.add(new Stages.Stage(
                        1,
                        (task, worker) -> runMicroBatch(index, worker),
                        replaced < 0 ? List.of() : List.of(free[replaced])));
            }
            List<Integer> needs = new ArrayList<>();
            Arrays.stream(computed, from, to).forEach(needs::add);
            if (from > 0) {
                needs.add(free[from - 1]);
            }
            boolean sums = addSums(stages, from, to, needs);
            for (int i = from; i < to; i++) {
                free[i] = sums ? stages.size() - 1 : computed[i];
            }
        }
        return new Stages(stages);
    }

    /**
     * Adds the stages that sum a group to the gradients, one after another; returns whether there are any. A weight that
     * is used twice has terms in two rounds; then micro-batches are summed one by one, so that the order of terms is by
     * micro-batch, and by round within each, for every size of the group.
     */
    private boolean addSums(List<Stages.Stage> stages, int from, int to, List<Integer> needs) {
        List<Integer> after = needs;
        int step = weightRounds.length > 1 ? 1 : to - from;
        for (int first = from; first < to; first += step) {
            MicroBatch[] summed = new MicroBatch[step];
            for (int i = 0; i < step; i++) {
                summed[i] = place(first + i);
            }
            MicroBatch.Group group = new MicroBatch.Group(summed, first == 0);
            for (WeightGradientTasks.Task[] tasks : weightRounds) {
                stages.add(new Stages.Stage(
                        tasks.length, (task, worker) -> tasks[task].run(group, workers[worker]), after));
                after = List.of(stages.size() - 1);
            }
        }
        return weightRounds.length > 0;
    }

    private MicroBatch place(int microBatch) {
        return places[microBatch % places.length];
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

    private void runMicroBatch(int index, int worker) {
        MicroBatch microBatch = begin(index);
        for (Operation operation : operations) {
            operation.run(microBatch, workers[worker]);
        }
        finish(index);
    }

    /** Computes a single micro-batch with all threads, operation by operation. */
    private void runTogether(int index) {
        MicroBatch microBatch = begin(index);
        for (Operation operation : operations) {
            together = operation;
            team.run(operation.parts(microBatch), partJob);
        }
        finish(index);
    }

    private void runPart(int part, int worker) {
        together.run(place(losses.length - 1), workers[worker], part);
    }

    private MicroBatch begin(int index) {
        MicroBatch microBatch = place(index);
        microBatch.firstRow = index * microBatchRows;
        microBatch.rows = Math.min(microBatchRows, rows - microBatch.firstRow);
        microBatch.randomKey = randomKey;
        microBatch.countedRows = countedRows;
        return microBatch;
    }

    /** Copies the loss and the outputs of a micro-batch out of its arena. */
    private void finish(int index) {
        MicroBatch microBatch = place(index);
        losses[index] = microBatch.loss;
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
        return bytes(plan, places.length, workers.length, rows);
    }

    /** Its memory is the heap's, but for that of native products. */
    @Override
    public void close() {
        for (Worker worker : workers) {
            worker.close();
        }
    }

    /** The memory of an executable, computed from its plan alone. */
    static long bytes(Graph graph, CpuParameters parameters, Kernels kernels, int threads, int batch, int sequence) {
        int sequences = sequencesPerMicroBatch(graph, batch, sequence);
        int rows = Math.multiplyExact(batch, sequence);
        Plan plan = Compiler.batch(
                graph, parameters, kernels.panelWidth(), Math.multiplyExact(sequences, sequence), sequence);
        return bytes(plan, places(threads, (batch + sequences - 1) / sequences), threads, rows);
    }

    private static long bytes(Plan plan, int microBatches, int threads, int rows) {
        long floats = (long) plan.arenaSize() * microBatches
                + (long) threads * (CacheLines.length(plan.scratchSize()) + plan.zeroSize());
        for (Plan.Output output : plan.outputs().values()) {
            floats += (long) rows * output.width();
        }
        return floats * Float.BYTES + (long) plan.inputs().size() * rows * Integer.BYTES;
    }

    /** The number of micro-batches at the end, one or none, that all threads compute together. */
    private static int aloneAtTheEnd(int threads, int microBatches) {
        return threads > 1 && microBatches % threads == 1 ? 1 : 0;
    }

    /** The number of micro-batches whose activations are in memory: a group, and the next one to begin early. */
    private static int places(int threads, int microBatches) {
        int grouped = Math.max(1, microBatches - aloneAtTheEnd(threads, microBatches));
        return Math.min(grouped, threads == 1 ? 1 : 2 * threads);
    }

    private static int sequencesPerMicroBatch(Graph graph, int batch, int sequence) {
        boolean recurrent = graph.nodes().stream().anyMatch(node -> node.type() == OpType.LSTM);
        return Math.min(batch, Math.max(recurrent ? RECURRENT_SEQUENCES : 1, MICRO_BATCH_ROWS / sequence));
    }
}
