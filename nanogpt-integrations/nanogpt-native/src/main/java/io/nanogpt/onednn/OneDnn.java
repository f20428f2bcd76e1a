package io.nanogpt.onednn;

import com.sun.jna.Pointer;
import io.nanogpt.NanogptException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The functions of oneDNN's C interface that products need, and OpenMP's for the number of threads. Handles and addresses are
 * {@code long}; a function that makes a handle writes it to the first element of an array.
 *
 * @see <a href="https://uxlfoundation.github.io/oneDNN/">oneDNN's documentation</a>
 */
final class OneDnn {
    /** {@code dnnl_bf16}. */
    static final int BF16 = 2;
    /** {@code dnnl_f32}. */
    static final int F32 = 3;
    /** {@code dnnl_format_tag_any}: oneDNN chooses the layout. */
    static final int ANY_LAYOUT = 1;
    /** {@code DNNL_ARG_SRC}. */
    static final int SOURCE = 1;
    /** {@code DNNL_ARG_DST}. */
    static final int DESTINATION = 17;
    /** {@code DNNL_ARG_WEIGHTS}. */
    static final int WEIGHTS = 33;
    /** {@code DNNL_ARG_SCRATCHPAD}. */
    static final int SCRATCHPAD = 80;
    /** {@code dnnl_query_weights_md}. */
    static final int WEIGHTS_LAYOUT = 131;
    /** {@code dnnl_query_scratchpad_md}. */
    static final int SCRATCHPAD_LAYOUT = 136;

    /** {@code dnnl_cpu_isa_avx512_core_bf16}. */
    private static final int AVX512_BF16 = 0xe7;
    /** The bits that {@code dnnl_cpu_isa_avx10_1_512_amx} has beyond {@code dnnl_cpu_isa_avx10_1_512}. */
    private static final int AMX = 0xe00;

    private static final int CPU = 1;
    private static long engine;
    /** Why the library could not be loaded. */
    private static @Nullable String failure;

    private OneDnn() {}

    /**
     * Loads the library once.
     *
     * @throws NanogptException if there is none for this machine, or it cannot be loaded
     */
    static synchronized void load() {
        if (engine != 0) {
            return;
        }
        if (failure != null) {
            throw new NanogptException(failure);
        }
        try {
            LibraryFiles.load();
            long[] made = new long[1];
            check("engine", dnnl_engine_create(made, CPU, 0));
            engine = made[0];
        } catch (NanogptException e) {
            // A second attempt would fail elsewhere, since classes of JNA are broken then, and tell less.
            failure = String.valueOf(e.getMessage());
            throw e;
        }
    }

    /** The processor as oneDNN sees it; never freed. */
    static long engine() {
        return engine;
    }

    /** The name and version of the library. */
    static String version() {
        // dnnl_version_t begins with three ints: major, minor and patch.
        int[] version = new Pointer(dnnl_version()).getIntArray(0, 3);
        return String.format(Locale.ROOT, "oneDNN %d.%d.%d", version[0], version[1], version[2]);
    }

    /** Whether the processor multiplies bfloat16, and no setting of oneDNN forbids it. */
    static boolean hasBf16Units() {
        return (dnnl_get_effective_cpu_isa() & AVX512_BF16) == AVX512_BF16;
    }

    /** Whether the processor multiplies tiles of bfloat16. */
    static boolean hasAmx() {
        return hasBf16Units() && (dnnl_get_effective_cpu_isa() & AMX) == AMX;
    }

    /**
     * Makes oneDNN compute on the calling thread alone: the library's threads are the callers. It remembers this for each
     * thread, when it makes a primitive as well as when it runs one.
     */
    static void useThisThreadAlone() {
        omp_set_num_threads(1);
    }

    /** Throws if a function failed. */
    static void check(String what, int status) {
        if (status != 0) {
            String reason = switch (status) {
                case 1 -> "out of memory";
                case 2 -> "invalid arguments";
                case 3 -> "not implemented";
                default -> "status " + status;
            };
            throw new IllegalStateException("oneDNN failed on a " + what + ": " + reason);
        }
    }

    static native long dnnl_version();

    static native int dnnl_get_effective_cpu_isa();

    static native int dnnl_engine_create(long[] engine, int kind, long index);

    static native int dnnl_stream_create(long[] stream, long engine, int flags);

    static native int dnnl_stream_destroy(long stream);

    static native int dnnl_memory_desc_create_with_tag(long[] layout, int rank, long[] sizes, int type, int tag);

    static native int dnnl_memory_desc_create_with_strides(
            long[] layout, int rank, long[] sizes, int type, long[] strides);

    static native int dnnl_memory_desc_clone(long[] layout, long original);

    static native long dnnl_memory_desc_get_size(long layout);

    static native int dnnl_memory_desc_destroy(long layout);

    static native int dnnl_primitive_attr_create(long[] attributes);

    static native int dnnl_primitive_attr_set_scratchpad_mode(long attributes, int mode);

    static native int dnnl_primitive_attr_set_deterministic(long attributes, int value);

    static native int dnnl_primitive_attr_set_post_ops(long attributes, long operations);

    static native int dnnl_primitive_attr_destroy(long attributes);

    static native int dnnl_post_ops_create(long[] operations);

    static native int dnnl_post_ops_append_sum(long operations, float scale, int zeroPoint, int type);

    static native int dnnl_post_ops_destroy(long operations);

    static native int dnnl_matmul_primitive_desc_create(
            long[] description, long engine, long source, long weights, long bias, long destination, long attributes);

    static native int dnnl_reorder_primitive_desc_create(
            long[] description,
            long source,
            long sourceEngine,
            long destination,
            long destinationEngine,
            long attributes);

    static native long dnnl_primitive_desc_query_md(long description, int what, int index);

    static native int dnnl_primitive_desc_destroy(long description);

    static native int dnnl_primitive_create(long[] primitive, long description);

    static native int dnnl_primitive_execute(long primitive, long stream, int count, long arguments);

    static native int dnnl_primitive_destroy(long primitive);

    static native int dnnl_memory_create(long[] memory, long layout, long engine, long address);

    static native int dnnl_memory_set_data_handle(long memory, long address);

    static native int dnnl_memory_destroy(long memory);

    static native void omp_set_num_threads(int threads);
}
