package io.nanogpt.onednn;

import static io.nanogpt.onednn.OneDnn.check;

import io.nanogpt.onednn.Primitive.Kind;
import io.nanogpt.spi.MatrixProducts;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The products of one thread. Arrays are copied to native memory, rounded there, and results copied back. */
final class OneDnnCalculator implements MatrixProducts.Calculator {
    private static final int IN_ORDER = 1;

    private final OneDnnProducts products;
    /** Of all products: they must be open. */
    private final Handles shared;

    private final Handles handles = new Handles();
    private final Cleaner.Cleanable cleanable = Handles.register(this, handles);
    private final long stream;
    /** For each primitive that was run, its operands. */
    private @Nullable Call[] calls = {};

    private NativeMemory floats = new NativeMemory(0);
    private NativeMemory left = new NativeMemory(0);
    private NativeMemory right = new NativeMemory(0);
    private NativeMemory result = new NativeMemory(0);
    private NativeMemory scratch = new NativeMemory(0);

    private int sumHeight;
    private int sumWidth;

    /** The operands of a primitive: memory objects of oneDNN, and the array of arguments that names them. */
    // Never compared, and its array is not shared.
    @SuppressWarnings("ArrayRecordComponent")
    private record Call(long[] memories, NativeMemory arguments) {}

    OneDnnCalculator(OneDnnProducts products, Handles shared) {
        this.products = products;
        this.shared = shared;
        shared.requireOpen();
        long[] made = new long[1];
        check("stream", OneDnn.dnnl_stream_create(made, OneDnn.engine(), IN_ORDER));
        stream = handles.add(made[0], OneDnn::dnnl_stream_destroy);
    }

    @Override
    public void pack(MatrixProducts.Weight weight, int part, float[] values, int offset, boolean transposed) {
        begin();
        OneDnnWeight own = (OneDnnWeight) weight;
        int depth = own.depth();
        int columns = own.columns(part);
        int first = own.firstColumn(part);
        floats = floats.atLeast((long) depth * columns * Float.BYTES);
        if (transposed) {
            floats.put(columns, depth, values, offset + first * depth, depth);
        } else {
            floats.put(depth, columns, values, offset + first, own.width());
        }
        Kind kind = transposed ? Kind.PACKING_TRANSPOSED : Kind.PACKING;
        run(products.primitive(kind, 0, depth, columns), floats, own.part(part), null);
    }

    @Override
    public void multiply(
            int rows,
            float[] x,
            int xOffset,
            MatrixProducts.Weight weight,
            int firstPart,
            int endPart,
            float[] out,
            int outOffset) {
        begin();
        OneDnnWeight own = (OneDnnWeight) weight;
        left = rounded(left, rows, own.depth(), x, xOffset, own.depth());
        for (int part = firstPart; part < endPart; part++) {
            int columns = own.columns(part);
            result = result.atLeast((long) rows * columns * Float.BYTES);
            Primitive product = products.primitive(Kind.PRODUCT, rows, own.depth(), columns);
            run(product, left, own.part(part), result);
            result.get(rows, columns, out, outOffset + own.firstColumn(part), own.width());
        }
    }

    @Override
    public void beginSum(int height, int width) {
        reserveSum(height, width);
        result.clear(height * width);
    }

    @Override
    public void beginSum(int height, int width, float[] values, int offset, int stride) {
        reserveSum(height, width);
        result.put(height, width, values, offset, stride);
    }

    private void reserveSum(int height, int width) {
        sumHeight = height;
        sumWidth = width;
        result = result.atLeast((long) height * width * Float.BYTES);
    }

    @Override
    public void addProducts(int rows, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride) {
        begin();
        left = rounded(left, rows, sumHeight, a, aOffset, aStride);
        right = rounded(right, rows, sumWidth, b, bOffset, bStride);
        Primitive product = products.primitive(Kind.SUM_OF_PRODUCTS, sumHeight, rows, sumWidth);
        run(product, left, right, result);
    }

    @Override
    public void endSum(float[] values, int offset, int stride) {
        result.get(sumHeight, sumWidth, values, offset, stride);
    }

    private void begin() {
        shared.requireOpen();
        handles.requireOpen();
        OneDnn.useThisThreadAlone();
    }

    /** Copies rows one after another in the type of the operands, into {@code to} or a larger memory. */
    private NativeMemory rounded(NativeMemory to, int rows, int columns, float[] from, int offset, int stride) {
        int count = rows * columns;
        if (products.type() == OneDnn.F32) {
            NativeMemory memory = to.atLeast((long) count * Float.BYTES);
            memory.put(rows, columns, from, offset, stride);
            return memory;
        }
        NativeMemory memory = to.atLeast((long) count * Short.BYTES);
        floats = floats.atLeast((long) count * Float.BYTES);
        floats.put(rows, columns, from, offset, stride);
        run(products.primitive(Kind.ROUNDING, 0, count, 0), floats, memory, null);
        return memory;
    }

    /**
     * Runs a primitive on its operands.
     *
     * @param third null for a primitive that has two
     */
    private void run(Primitive primitive, NativeMemory first, NativeMemory second, @Nullable NativeMemory third) {
        Call call = call(primitive);
        scratch = scratch.atLeast(primitive.scratchBytes());
        long[] memories = call.memories;
        int last = memories.length - 1;
        try {
            place(memories[0], first);
            place(memories[1], second);
            if (third != null) {
                place(memories[2], third);
            }
            place(memories[last], scratch);
            check(
                    "computation",
                    OneDnn.dnnl_primitive_execute(
                            primitive.handle(), stream, memories.length, call.arguments.address()));
        } finally {
            // A buffer must not be freed while native code has its address alone.
            Reference.reachabilityFence(second);
            Reference.reachabilityFence(this);
        }
    }

    private static void place(long memory, NativeMemory at) {
        check("operand", OneDnn.dnnl_memory_set_data_handle(memory, at.address()));
    }

    private Call call(Primitive primitive) {
        int index = primitive.index();
        if (index >= calls.length) {
            calls = Arrays.copyOf(calls, 2 * index + 1);
        }
        Call call = calls[index];
        if (call == null) {
            call = newCall(primitive);
            calls[index] = call;
        }
        return call;
    }

    private Call newCall(Primitive primitive) {
        int count = primitive.operands().length;
        long[] memories = new long[count];
        NativeMemory arguments = new NativeMemory(2L * count * Long.BYTES);
        long[] made = new long[1];
        for (int i = 0; i < count; i++) {
            check("operand", OneDnn.dnnl_memory_create(made, primitive.layouts()[i], OneDnn.engine(), 0));
            memories[i] = handles.add(made[0], OneDnn::dnnl_memory_destroy);
            // dnnl_exec_arg_t: an int, four bytes without meaning, and the memory object.
            arguments.bytes().putInt(2 * i * Long.BYTES, primitive.operands()[i]);
            arguments.bytes().putLong((2 * i + 1) * Long.BYTES, memories[i]);
        }
        return new Call(memories, arguments);
    }

    @Override
    public void close() {
        cleanable.clean();
    }
}
