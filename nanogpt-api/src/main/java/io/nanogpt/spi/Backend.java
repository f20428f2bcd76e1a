package io.nanogpt.spi;

import io.nanogpt.backend.Compute;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import java.util.List;
import java.util.Optional;

/** A compiler and runtime of graphs. Backends never differentiate: a training graph contains its gradient. */
public interface Backend extends AutoCloseable {
    /**
     * Returns the display name, for example {@code cpu, vector (512 bits), 2 threads}; programs use {@link #compute}.
     */
    String name();

    /** Returns the kernels in use; {@link Compute.Kernels#EXTERNAL} by default. */
    default Compute compute() {
        return new Compute(name(), Compute.Kernels.EXTERNAL, "", Optional.empty());
    }

    /** Whether {@link #compile} accepts graphs with this operation. */
    boolean supports(OpType type);

    /**
     * Whether graphs with the input {@link Graph#POSITIONS} restart at each example of a sequence; false by default, and
     * packed examples are then refused.
     */
    default boolean supportsPacking() {
        return false;
    }

    /** Allocates parameters, their gradients and the optimizer's moments, all zero. */
    ParameterStore allocate(List<ParameterSpec> parameters);

    /**
     * Compiles a graph for one size of its inputs. Executables over the same store share its parameters, and only one
     * of them may run at a time.
     *
     * @param batch the number of sequences
     * @param sequence the number of tokens of each sequence
     * @throws UnsupportedOperationException naming every operation of the graph that this backend lacks
     */
    Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence);

    /** Estimates the bytes that {@link #compile} would allocate, without allocating them. */
    long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence);

    /**
     * The memory that is available for stores and executables.
     *
     * @param availableBytes an estimate
     * @param advice how to make more available, for example {@code give Java more memory with -Xmx}
     */
    record Memory(long availableBytes, String advice) {}

    /** Returns the memory available to {@link #allocate} and {@link #compile}; by default the unused Java heap. */
    default Memory memory() {
        Runtime runtime = Runtime.getRuntime();
        return new Memory(
                runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory()),
                "give Java more memory with -Xmx");
    }

    /**
     * Opens a decoder with a key/value cache. A decoder is confined to one thread; several decoders over one store may
     * run at once as long as nothing updates it.
     *
     * @param contextLength the capacity of the cache in tokens
     */
    Decoder decoder(Graph graph, ParameterStore parameters, int contextLength);

    /**
     * Opens a decoder of many sequences at once, which reads the weights once for all of them; empty, as by default, for
     * a backend that gains nothing by that: each sequence is then decoded by a {@link #decoder} of its own.
     *
     * @param contextLength the capacity of a slot in tokens
     */
    default Optional<BatchDecoder> batchDecoder(Graph graph, ParameterStore parameters, int contextLength) {
        return Optional.empty();
    }

    /** Stops the threads of the backend. */
    @Override
    void close();
}
