package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.spi.Executable;
import java.util.Arrays;
import java.util.List;

/** A plan with its memory: slices of whole sequences, computed by the team, then the gradients of parameters. */
final class CpuExecutable implements Executable {
    /** Rows of a slice: enough to reuse each panel of weights, few enough for several slices a thread. */
    private static final int SLICE_ROWS = 128;
    /** Sequences of a slice where tokens are computed one after another: the rows of every recurrent product. */
    private static final int RECURRENT_SEQUENCES = 16;

    private final Plan plan;
    private final CpuParameters parameters;
    private final ThreadTeam team;
    private final Worker[] workers;
    private final Slice[] slices;
    private final Operation[] operations;
    private final WeightTask[][] weightRounds;
    private final ThreadTeam.Job sliceJob = this::runSlice;
    private final ThreadTeam.Job[] weightJobs;
    private final int[][] inputs;
    private final int rows;
    /** The place of the targets among the inputs; negative without any. */
    private final int targets;

    private float loss = Float.NaN;

    CpuExecutable(Graph graph, CpuParameters parameters, ThreadTeam team, Kernels kernels, int batch, int sequence) {
        int sequences = sequencesOfSlice(graph, batch, sequence);
        this.rows = Math.multiplyExact(batch, sequence);
        this.plan = Compiler.batch(
                graph, parameters, kernels.panelWidth(), Math.multiplyExact(sequences, sequence), sequence);
        this.targets = plan.inputs().indexOf(Graph.TARGETS);
        this.parameters = parameters;
        this.team = team;
        this.workers = new Worker[team.size()];
        Arrays.setAll(workers, i -> new Worker(kernels, plan.scratchSize(), plan.zeroSize()));
        this.inputs = new int[plan.inputs().size()][rows];
        this.slices = new Slice[(batch + sequences - 1) / sequences];
        Arrays.setAll(
                slices,
                i -> new Slice(
                        plan.arenaSize(),
                        inputs,
                        i * sequences * sequence,
                        Math.min(sequences, batch - i * sequences),
                        sequence));
        this.operations = plan.operations().toArray(Operation[]::new);
        this.weightRounds = plan.weightRounds().stream()
                .map(tasks -> tasks.toArray(WeightTask[]::new))
                .toArray(WeightTask[][]::new);
        this.weightJobs = new ThreadTeam.Job[weightRounds.length];
        for (int i = 0; i < weightJobs.length; i++) {
            WeightTask[] tasks = weightRounds[i];
            weightJobs[i] = (task, worker) -> tasks[task].run(slices, workers[worker]);
        }
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
        for (Slice slice : slices) {
            slice.randomKey = randomKey;
            slice.countedRows = counted;
        }
        team.run(slices.length, sliceJob);
        double sum = 0;
        for (Slice slice : slices) {
            sum += slice.loss;
        }
        loss = counted == 0 ? 0 : (float) (sum / counted);
        for (int i = 0; i < weightRounds.length; i++) {
            team.run(weightRounds[i].length, weightJobs[i]);
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
        for (Operation operation : operations) {
            operation.run(slices[task], workers[worker]);
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
        Plan.Output output = plan.outputs().get(name);
        if (output == null) {
            throw new IllegalArgumentException("no output " + name + "; this graph has "
                    + plan.outputs().keySet() + ", and gradients are read from the parameters");
        }
        if (destination.length != rows * output.width()) {
            throw new IllegalArgumentException("output " + name + " has " + rows * output.width()
                    + " elements, but the array has " + destination.length);
        }
        for (Slice slice : slices) {
            System.arraycopy(
                    slice.arena,
                    output.offset(),
                    destination,
                    slice.firstRow * output.width(),
                    slice.rows * output.width());
        }
    }

    @Override
    public long bytes() {
        return bytes(plan, slices.length, workers.length, rows);
    }

    /** What an executable would hold, from its plan alone. */
    static long bytes(Graph graph, CpuParameters parameters, Kernels kernels, int threads, int batch, int sequence) {
        int sequences = sequencesOfSlice(graph, batch, sequence);
        int rows = Math.multiplyExact(batch, sequence);
        Plan plan = Compiler.batch(
                graph, parameters, kernels.panelWidth(), Math.multiplyExact(sequences, sequence), sequence);
        return bytes(plan, (batch + sequences - 1) / sequences, threads, rows);
    }

    private static long bytes(Plan plan, int slices, int threads, int rows) {
        long floats = (long) plan.arenaSize() * slices + (long) threads * (plan.scratchSize() + plan.zeroSize());
        return floats * Float.BYTES + (long) plan.inputs().size() * rows * Integer.BYTES;
    }

    private static int sequencesOfSlice(Graph graph, int batch, int sequence) {
        boolean recurrent = graph.nodes().stream().anyMatch(node -> node.type() == OpType.LSTM);
        return Math.min(batch, Math.max(recurrent ? RECURRENT_SEQUENCES : 1, SLICE_ROWS / sequence));
    }
}
