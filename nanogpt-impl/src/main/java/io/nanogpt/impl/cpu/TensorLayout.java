package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a plan while it is compiled: an offset in the arena for every tensor that is live, and the sizes of the
 * arena, of the scratch memory and of the zeros.
 */
final class TensorLayout {
    private final Graph graph;
    private final Fusion fusion;
    private final int rows;
    private final int length;
    private final Arena arena = new Arena();
    private final Map<Integer, Integer> offsets = new HashMap<>();
    private int scratchSize;
    private int zeroSize;

    /**
     * An empty layout.
     *
     * @param rows of a micro-batch at most
     * @param length tokens of a sequence, or for decoding the capacity of the cache
     */
    TensorLayout(Graph graph, Fusion fusion, int panelWidth, int rows, int length) {
        this.graph = graph;
        this.fusion = fusion;
        this.rows = rows;
        this.length = length;
        this.zeroSize = Math.max(panelWidth, length);
    }

    /** The features of a row of a tensor. */
    int width(Node node) {
        boolean probabilities = node.type() == OpType.ATTENTION_PROBABILITIES;
        int width = probabilities ? node.shape().size(2) * length : node.shape().features();
        zeroSize = Math.max(zeroSize, width);
        return width;
    }

    /** Allocates a tensor; {@link #releaseAfter} frees it after its last use. */
    int allocate(Node node) {
        int offset = arena.allocate(Math.multiplyExact(rows, width(node)));
        offsets.put(node.id(), offset);
        return offset;
    }

    /** Allocates floats that are no tensor of the graph; the caller frees them. */
    int allocate(int size) {
        return arena.allocate(size);
    }

    /** Frees the floats of {@link #allocate(int)}. */
    void release(int offset, int size) {
        arena.release(offset, size);
    }

    /** Frees every tensor whose last use is the node that has just been lowered. */
    void releaseAfter(int id) {
        for (Map.Entry<Integer, Integer> tensor : List.copyOf(offsets.entrySet())) {
            if (fusion.lastUse(tensor.getKey()) == id) {
                arena.release(tensor.getValue(), rows * width(graph.node(tensor.getKey())));
                offsets.remove(tensor.getKey());
            }
        }
    }

    /** The offset of a live tensor. */
    int offsetOf(int id) {
        @Nullable Integer offset = offsets.get(id);
        if (offset == null) {
            throw new IllegalStateException(graph.node(id).name() + " has no memory at this point");
        }
        return offset;
    }

    /** The offset of an input of a node. */
    int offsetOf(Node node, int input) {
        return offsetOf(node.input(input));
    }

    /**
     * The outputs with a row per token, by name.
     *
     * @param ends whether they have a row per sequence instead
     */
    Map<String, Plan.Output> outputs(boolean ends) {
        Map<String, Plan.Output> outputs = new HashMap<>();
        graph.outputs().forEach((name, id) -> {
            Integer offset = offsets.get(id);
            if (offset != null && graph.node(id).shape().rank() >= 3) {
                outputs.put(name, new Plan.Output(offset, width(graph.node(id)), ends));
            }
        });
        return outputs;
    }

    /** Raises the size of the scratch memory to {@code size} floats, at least, from {@link CacheLines#FIRST} on. */
    void requireScratch(int size) {
        scratchSize = Math.max(scratchSize, Math.addExact(CacheLines.FIRST, size));
    }

    int arenaSize() {
        return arena.size();
    }

    int scratchSize() {
        return scratchSize;
    }

    int zeroSize() {
        return zeroSize;
    }
}
