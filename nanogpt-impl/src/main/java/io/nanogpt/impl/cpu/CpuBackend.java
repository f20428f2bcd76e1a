package io.nanogpt.impl.cpu;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.backend.Compute;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.MatrixProducts;
import io.nanogpt.spi.MatrixProductsProvider;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.spi.Threads;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pure-Java backend: no native library and no flag; results are bit-equal for any number of threads. Native code computes
 * the products of linear layers where another precision than 32-bit floats is asked for.
 */
public final class CpuBackend implements Backend {
    private final Kernels kernels;
    private final KernelsChoice choice;
    private final ThreadTeam team;
    private final WeightPrecision precision;
    private final @Nullable MatrixProducts products;

    private CpuBackend(
            Kernels kernels,
            KernelsChoice choice,
            int threads,
            WeightPrecision precision,
            @Nullable MatrixProducts products) {
        this.kernels = kernels;
        this.choice = choice;
        this.precision = precision;
        this.products = products;
        this.team = new ThreadTeam(threads);
    }

    /**
     * With the fastest kernels of this JVM.
     *
     * @param threads at least 1, including the calling thread
     */
    public static CpuBackend open(int threads) {
        return open(threads, WeightPrecision.F32);
    }

    /**
     * With the fastest kernels of this JVM, for models that are not trained.
     *
     * @param threads at least 1, including the calling thread
     * @param precision the numbers in which {@link #allocate(Graph)} keeps weights
     */
    public static CpuBackend open(int threads, WeightPrecision precision) {
        KernelsProvider.Provided provided = KernelsProvider.provided();
        return new CpuBackend(provided.kernels(), provided.choice(), Threads.require(threads), precision, null);
    }

    /**
     * With the fastest kernels of this JVM, for models that are trained.
     *
     * @param threads at least 1, including the calling thread
     * @param precision of matrix products; those of another than {@link MatrixPrecision#F32} are native code
     * @throws NanogptException if nothing computes this precision on this machine
     */
    public static CpuBackend open(int threads, MatrixPrecision precision) {
        if (precision == MatrixPrecision.F32) {
            return open(threads);
        }
        MatrixProducts products = MatrixProductsProvider.of(precision).open();
        CpuBackend backend = open(threads, products);
        NativeSpeed.warnOnce(products);
        return backend;
    }

    /**
     * With native products, which it closes.
     *
     * @param threads at least 1, including the calling thread
     */
    public static CpuBackend open(int threads, MatrixProducts products) {
        Threads.require(threads);
        KernelsProvider.Provided provided = KernelsProvider.provided();
        Optional<String> slow = NativeSpeed.advice(provided.kernels(), products);
        KernelsChoice choice = new KernelsChoice(
                provided.choice().vector(),
                provided.choice().reason(),
                provided.choice().cure().or(() -> slow));
        return new CpuBackend(provided.kernels(), choice, threads, WeightPrecision.F32, products);
    }

    /** With the given kernels. */
    static CpuBackend open(int threads, Kernels kernels) {
        return open(threads, kernels, WeightPrecision.F32);
    }

    /** With the given kernels. */
    static CpuBackend open(int threads, Kernels kernels, WeightPrecision precision) {
        boolean vector = !(kernels instanceof ScalarKernels);
        KernelsChoice choice = new KernelsChoice(vector, "given by the caller", Optional.empty());
        return new CpuBackend(kernels, choice, Threads.require(threads), precision, null);
    }

    @Override
    public String name() {
        String weights =
                precision == WeightPrecision.F32 ? "" : ", " + precision.name().toLowerCase(Locale.ROOT) + " weights";
        return "cpu, " + kernels.name() + ", " + team.size() + (team.size() == 1 ? " thread" : " threads") + weights
                + multiplied();
    }

    /** On what the bits of results depend: whether the machine fuses multiply-adds, and native products. */
    public String arithmetic() {
        return (FusedMultiplyAdd.inHardware() ? "fused multiply-add" : "no fused multiply-add") + multiplied();
    }

    private String multiplied() {
        return products == null ? "" : ", products in " + products.name();
    }

    /** The numbers that are kept as weights. */
    public WeightPrecision precision() {
        return precision;
    }

    @Override
    public Compute compute() {
        return new Compute(
                name(),
                choice.vector() ? Compute.Kernels.VECTOR : Compute.Kernels.SCALAR,
                choice.reason(),
                choice.cure());
    }

    @Override
    public boolean supportsPacking() {
        return true;
    }

    @Override
    public boolean supports(OpType type) {
        return true;
    }

    @Override
    public ParameterStore allocate(List<ParameterSpec> parameters) {
        return new CpuParameters(parameters, team, kernels, products);
    }

    /** Allocates the parameters of a graph that is not trained, its weights in the precision of this backend. */
    public ParameterStore allocate(Graph graph) {
        if (precision == WeightPrecision.F32) {
            return allocate(graph.parameters());
        }
        return new CpuParameters(graph.parameters(), team, kernels, ProductWeights.of(graph), precision);
    }

    @Override
    public Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence) {
        if (batch < 1 || sequence < 1) {
            throw new IllegalArgumentException(
                    "batch and sequence must be at least 1, but are " + batch + " and " + sequence);
        }
        return new CpuExecutable(graph, own(parameters), team, kernels, batch, sequence);
    }

    @Override
    public long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return CpuExecutable.bytes(graph, own(parameters), kernels, team.size(), batch, sequence);
    }

    @Override
    public Memory memory() {
        return new Memory(HeapMemory.availableBytes(), "give Java more memory with -Xmx");
    }

    @Override
    public Decoder decoder(Graph graph, ParameterStore parameters, int contextLength) {
        return Decoder.of(open(graph, parameters, contextLength, false));
    }

    @Override
    public Optional<BatchDecoder> batchDecoder(Graph graph, ParameterStore parameters, int contextLength) {
        return Optional.of(open(graph, parameters, contextLength, true));
    }

    private CpuBatchDecoder open(Graph graph, ParameterStore parameters, int contextLength, boolean many) {
        try {
            DecodingPlan plan = new DecodingPlan(Inference.of(graph), own(parameters), kernels, contextLength, many);
            return new CpuBatchDecoder(plan, team);
        } catch (ArithmeticException | OutOfMemoryError e) {
            throw tooLong(contextLength, e);
        }
    }

    /** A single large allocation failed, or its size exceeds that of an array: the heap is still usable. */
    static NanogptException tooLong(int tokens, Throwable cause) {
        return new NanogptException(
                "the keys and values of " + tokens + " tokens do not fit in memory ("
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MB at most); give the JVM more with -Xmx, or"
                        + " the model a smaller contextLength",
                cause);
    }

    private static CpuParameters own(ParameterStore parameters) {
        if (parameters instanceof CpuParameters own) {
            return own;
        }
        throw new IllegalArgumentException("the parameters were allocated by another backend: "
                + parameters.getClass().getName());
    }

    @Override
    public void close() {
        team.close();
        if (products != null) {
            products.close();
        }
    }
}
