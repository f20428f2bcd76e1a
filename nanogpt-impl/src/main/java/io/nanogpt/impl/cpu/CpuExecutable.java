package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.spi.Executable;
import java.util.Arrays;
import java.util.List;

/**
 * A plan with its memory. The batch is cut into slices of whole sequences, and the slices are computed in waves of one
 * slice a thread; after each wave the gradients of parameters take up what it left. A sum goes over slices in their
 * order, so that it does not depend on how many make a wave.
 */
final class CpuExecutable implements Executable {
    /** Rows of a slice: enough to reuse each panel of weights, few enough for several slices a thread. */
    private static final int SLICE_ROWS = 128;
    /** Sequences of a slice where tokens are computed one after another: the rows of every recurrent product. */
    private static final int RECURRENT_SEQUENCES = 16;

    private final Plan plan;
    private final CpuParameters parameters;
    private final ThreadTeam team;
    private final Worker[] workers;
    private final MicroBatchGroup wave;
    private final Operation[] operations;
    private final WeightGradientTask[][] weightRounds;
    private final ThreadTeam.Job sliceJob = this::runSlice;
    private final ThreadTeam.Job partJob = this::runPart;
    private final ThreadTeam.Job[] weightJobs;
    private final List<String> outputNames;
    private final Plan.Output[] outputs;
    private final float[][] outputValues;
    private final int[][] inputs;
    private final int rows;
    private final int sliceRows;
    private final double[] losses;
    /** The place of the targets among the inputs; negative without any. */
    private final int targets;

    private int waveStart;
    /** What the team computes part by part. */
    private Operation together;

    private float loss = Float.NaN;

    CpuExecutable(Graph graph, CpuParameters parameters, ThreadTeam team, Kernels kernels, int batch, int sequence) {
        int sequences = sequencesOfSlice(graph, batch, sequence);
        this.sliceRows = Math.multiplyExact(sequences, sequence);
        this.rows = Math.multiplyExact(batch, sequence);
        this.plan = Compiler.batch(graph, parameters, kernels.panelWidth(), sliceRows, sequence);
        this.targets = plan.inputs().indexOf(Graph.TARGETS);
        this.parameters = parameters;
        this.team = team;
        this.workers = new Worker[team.size()];
        Arrays.setAll(workers, i -> new Worker(kernels, plan.scratchSize(), plan.zeroSize()));
        this.inputs = new int[plan.inputs().size()][rows];
        this.losses = new double[(rows + sliceRows - 1) / sliceRows];
        MicroBatch[] slices = new MicroBatch[Math.min(team.size(), losses.length)];
        Arrays.setAll(slices, i -> new MicroBatch(plan.arenaSize(), inputs, sequence));
        this.wave = new MicroBatchGroup(slices);
        this.operations = plan.operations().toArray(Operation[]::new);
        this.together = operations[0];
        this.weightRounds = plan.weightRounds().stream()
                .map(tasks -> tasks.toArray(WeightGradientTask[]::new))
                .toArray(WeightGradientTask[][]::new);
        this.weightJobs = new ThreadTeam.Job[weightRounds.length];
        for (int i = 0; i < weightJobs.length; i++) {
            WeightGradientTask[] tasks = weightRounds[i];
            weightJobs[i] = (task, worker) -> tasks[task].run(wave, workers[worker]);
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
        MicroBatch[] slices = wave.slices;
        for (waveStart = 0; waveStart < losses.length; waveStart += slices.length) {
            int count = Math.min(slices.length, losses.length - waveStart);
            for (int i = 0; i < count; i++) {
                slices[i].firstRow = (waveStart + i) * sliceRows;
                slices[i].rows = Math.min(sliceRows, rows - slices[i].firstRow);
                slices[i].randomKey = randomKey;
                slices[i].countedRows = counted;
            }
            if (count == 1 && team.size() > 1) {
                runTogether(slices[0]);
            } else {
                team.run(count, sliceJob);
            }
            sumGradients(count);
        }
        double sum = 0;
        for (double sliceLoss : losses) {
            sum += sliceLoss;
        }
        loss = counted == 0 ? 0 : (float) (sum / counted);
    }

    /**
     * A weight that is used twice has terms in two rounds; then slices go one by one, so that the order of the sum is
     * slice by slice and round by round within each, whatever the size of the wave.
     */
    private void sumGradients(int count) {
        int step = weightRounds.length > 1 ? 1 : count;
        for (int from = 0; from < count; from += step) {
            wave.set(from, from + step, waveStart == 0 && from == 0);
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

    private void runSlice(int task, int worker) {
        MicroBatch slice = wave.slices[task];
        for (Operation operation : operations) {
            operation.run(slice, workers[worker]);
        }
        finish(task);
    }

    /** A slice that is alone in its wave, by all threads, operation by operation. */
    private void runTogether(MicroBatch slice) {
        for (Operation operation : operations) {
            together = operation;
            team.run(operation.parts(slice), partJob);
        }
        finish(0);
    }

    private void runPart(int part, int worker) {
        together.run(wave.slices[0], workers[worker], part);
    }

    /** Takes what a slice has computed out of its memory. */
    private void finish(int task) {
        MicroBatch slice = wave.slices[task];
        losses[waveStart + task] = slice.loss;
        for (int i = 0; i < outputs.length; i++) {
            int width = outputs[i].width();
            System.arraycopy(
                    slice.arena, outputs[i].offset(), outputValues[i], slice.firstRow * width, slice.rows * width);
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
        return bytes(plan, wave.slices.length, workers.length, rows);
    }

    /** Its memory is the heap's. */
    @Override
    public void close() {}

    /** What an executable would hold, from its plan alone. */
    static long bytes(Graph graph, CpuParameters parameters, Kernels kernels, int threads, int batch, int sequence) {
        int sequences = sequencesOfSlice(graph, batch, sequence);
        int rows = Math.multiplyExact(batch, sequence);
        Plan plan = Compiler.batch(
                graph, parameters, kernels.panelWidth(), Math.multiplyExact(sequences, sequence), sequence);
        return bytes(plan, Math.min(threads, (batch + sequences - 1) / sequences), threads, rows);
    }

    private static long bytes(Plan plan, int slices, int threads, int rows) {
        long floats = (long) plan.arenaSize() * slices + (long) threads * (plan.scratchSize() + plan.zeroSize());
        for (Plan.Output output : plan.outputs().values()) {
            floats += (long) rows * output.width();
        }
        return floats * Float.BYTES + (long) plan.inputs().size() * rows * Integer.BYTES;
    }

    private static int sequencesOfSlice(Graph graph, int batch, int sequence) {
        boolean recurrent = graph.nodes().stream().anyMatch(node -> node.type() == OpType.LSTM);
        return Math.min(batch, Math.max(recurrent ? RECURRENT_SEQUENCES : 1, SLICE_ROWS / sequence));
    }
}
