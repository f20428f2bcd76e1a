package io.nanogpt.spi;

import io.nanogpt.backend.Compute;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import java.util.List;
import java.util.Optional;

/** Computes graphs. Backends never differentiate: the gradient is in the graph. */
public interface Backend extends AutoCloseable {
    /** For people and logs, for example {@code cpu, vector (512 bits), 2 threads}; programs ask {@link #compute}. */
    String name();

    /** The kernels in use; by default those of the backend's own. */
    default Compute compute() {
        return new Compute(name(), Compute.Kernels.EXTERNAL, "", Optional.empty());
    }

    /** Whether {@link #compile} accepts graphs with this operation. */
    boolean supports(OpType type);

    /** Room for the parameters, their gradients and the optimizer's moments, all zero. */
    ParameterStore allocate(List<ParameterSpec> parameters);

    /**
     * Prepares a graph for one size of its inputs. Executables over the same store share its parameters, and only one
     * of them may run at a time.
     *
     * @param batch the number of sequences
     * @param sequence the number of tokens of each
     * @throws UnsupportedOperationException naming every operation of the graph that this backend lacks
     */
    Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence);

    /** About the bytes that {@link #compile} would allocate, found out without allocating them. */
    long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence);

    /**
     * What stores and executables may still take of the memory that they live in.
     *
     * @param availableBytes about how many
     * @param advice what gives more, for example {@code give Java more memory with -Xmx}
     */
    record Memory(long availableBytes, String advice) {}

    /** What {@link #allocate} and {@link #compile} may still take; by default the heap of Java. */
    default Memory memory() {
        Runtime runtime = Runtime.getRuntime();
        return new Memory(
                runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory()),
                "give Java more memory with -Xmx");
    }

    /**
     * Prepares decoding token by token with a cache of keys and values. A decoder belongs to one thread; several
     * decoders over one store may run at once as long as nothing updates it.
     *
     * @param contextLength the most tokens the cache holds
     */
    Decoder decoder(Graph graph, ParameterStore parameters, int contextLength);

    /** Ends the backend's threads. */
    @Override
    void close();
}
