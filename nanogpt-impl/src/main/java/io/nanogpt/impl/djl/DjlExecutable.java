package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.Executable;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** A compiled graph for one batch size. Each device computes a share of whole sequences. */
final class DjlExecutable implements Executable {
    private final ProgramWriter.Written written;
    private final DjlParameters parameters;
    private final DjlDevices devices;
    private final ExecutorService threads;
    private final List<Share> shares;
    private final NativeMemory memory;
    private final TorchModule module;
    private final long[][] inputs;
    /** Exclusive upper bounds of the ids of each input; targets may also be -1. */
    private final int[] vocabularies;

    private final int sequence;
    private final boolean training;
    private final long bytes;

    /**
     * The share of one device.
     *
     * @param constants uploaded tables
     * @param first index of its first sequence in the batch
     * @param sequences number of its sequences
     */
    private record Share(Replica replica, List<NDArray> constants, int first, int sequences) {}

    DjlExecutable(Graph graph, DjlParameters parameters, DjlDevices devices, int batch, int sequence) {
        this.parameters = parameters;
        this.devices = devices;
        this.threads = devices.threads();
        this.sequence = sequence;
        this.written = ProgramWriter.write(graph, parameters.layout(), devices.settings(sequence, false));
        this.memory = devices.memory(this);
        this.module = TorchModule.load(memory.manager(0), written.program());
        memory.add(module);
        this.inputs = new long[written.inputs().size()][Math.multiplyExact(batch, sequence)];
        this.vocabularies = written.inputs().stream()
                .mapToInt(name -> vocabulary(graph, name))
                .toArray();
        this.training = graph.outputs().keySet().stream().anyMatch(Gradients::isGradient);
        this.bytes = GraphMemory.bytes(graph, batch, sequence);
        List<Share> list = new ArrayList<>();
        int count = Math.min(devices.count(), batch);
        for (int device = 0; device < count; device++) {
            int first = (int) ((long) batch * device / count);
            int end = (int) ((long) batch * (device + 1) / count);
            NDManager manager = memory.manager(device);
            List<NDArray> constants = written.constants().stream()
                    .map(table -> manager.create(table.values(), new Shape(table.sizes())))
                    .toList();
            list.add(new Share(parameters.replica(device), constants, first, end - first));
        }
        this.shares = List.copyOf(list);
    }

    /** The smallest vocabulary of the readers of an input; ids that no operation looks up are unlimited. */
    static int vocabulary(Graph graph, String input) {
        int id = graph.nodes().stream()
                .filter(node -> node.type() == OpType.INPUT && node.name().equals(input))
                .findFirst()
                .orElseThrow()
                .id();
        int least = Integer.MAX_VALUE;
        for (Node node : graph.nodes()) {
            if (node.inputs().contains(id)) {
                least = Math.min(least, vocabulary(graph, node));
            }
        }
        return least;
    }

    private static int vocabulary(Graph graph, Node reader) {
        if (reader.attributes() instanceof Attributes.Embedding embedding) {
            return embedding.vocabularySize();
        }
        if (reader.attributes() instanceof Attributes.OneHot oneHot) {
            return oneHot.vocabularySize();
        }
        return graph.node(reader.input(0)).shape().features();
    }

    @Override
    public void input(String name, int[] values) {
        int index = written.inputs().indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no input " + name + "; this graph has " + written.inputs());
        }
        if (values.length != inputs[index].length) {
            throw new IllegalArgumentException(
                    "input " + name + " needs " + inputs[index].length + " ids, but got " + values.length);
        }
        boolean targets = name.equals(Graph.TARGETS);
        int least = targets ? -1 : 0;
        for (int i = 0; i < values.length; i++) {
            if (values[i] < least || values[i] >= vocabularies[index]) {
                throw new IllegalArgumentException(
                        (targets ? "target" : "token") + " id " + values[i] + " is not in the vocabulary of "
                                + vocabularies[index] + (targets ? ", nor -1 for a row without a target" : ""));
            }
            inputs[index][i] = values[i];
        }
    }

    @Override
    public void run(long randomKey) {
        memory.closeStep();
        long[] keys = written.streams().stream()
                .mapToLong(stream -> CounterRandom.key(randomKey, stream))
                .toArray();
        int targets = written.inputs().indexOf(Graph.TARGETS);
        long counted = targets < 0
                ? 1
                : Math.max(
                        1, Arrays.stream(inputs[targets]).filter(id -> id >= 0).count());
        try {
            memory.step(threads, shares.size(), (device, step) -> compute(shares.get(device), keys, counted, step));
            if (training) {
                parameters.addGradients(shares.size());
            }
        } finally {
            // Garbage collection of this object would free arrays that are still in use here.
            Reference.reachabilityFence(this);
        }
    }

    private NDList compute(Share share, long[] keys, long counted, NDManager step) {
        Replica replica = share.replica();
        List<NDArray> ids = new ArrayList<>();
        for (long[] input : inputs) {
            int from = share.first() * sequence;
            long[] part = Arrays.copyOfRange(input, from, from + share.sequences() * sequence);
            ids.add(step.create(part, new Shape(share.sequences(), sequence)));
        }
        TorchModule.Arguments arguments = new TorchModule.Arguments()
                .add(replica.array(Replica.VALUES))
                .add(replica.array(training ? Replica.GRADIENTS : Replica.VALUES))
                .add(share.constants())
                .add(ids)
                .add(List.of())
                .addAll(keys)
                .addAll(sequence, counted, share.first());
        return module.call("forward", arguments, step);
    }

    @Override
    public float scalar(String output) {
        if (!output.equals(Graph.LOSS) || !written.outputs().contains(output)) {
            throw new IllegalArgumentException("no scalar output " + output + "; there is " + Graph.LOSS);
        }
        // The devices' shares add up: each divides by the tokens of the whole batch.
        double sum = 0;
        try {
            for (NDList results : memory.results()) {
                sum += results.get(written.outputs().indexOf(output)).toFloatArray()[0];
            }
        } finally {
            Reference.reachabilityFence(this);
        }
        return (float) sum;
    }

    @Override
    public void read(String output, float[] destination) {
        int index = written.outputs().indexOf(output);
        if (index < 0) {
            throw new IllegalArgumentException("no output " + output + "; this graph has " + written.outputs()
                    + ", and gradients are read from the parameters");
        }
        int at = 0;
        try {
            for (NDList results : memory.results()) {
                float[] part = results.get(index).toFloatArray();
                if (part.length > destination.length - at) {
                    throw new IllegalArgumentException(
                            "output " + output + " has more elements than the array's " + destination.length);
                }
                System.arraycopy(part, 0, destination, at, part.length);
                at += part.length;
            }
        } finally {
            Reference.reachabilityFence(this);
        }
        if (at != destination.length) {
            throw new IllegalArgumentException(
                    "output " + output + " has " + at + " elements, but the array has " + destination.length);
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        devices.free(memory);
    }
}
