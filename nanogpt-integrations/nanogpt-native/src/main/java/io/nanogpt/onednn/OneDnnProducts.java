package io.nanogpt.onednn;

import static io.nanogpt.onednn.OneDnn.check;

import io.nanogpt.onednn.Primitive.Kind;
import io.nanogpt.onednn.Primitive.Shape;
import io.nanogpt.spi.MatrixProducts;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Products by oneDNN. A primitive is compiled when its shape is met first, and then shared by all threads. */
final class OneDnnProducts implements MatrixProducts {
    /** Rows of the products whose layout of weights is that of all: those of a micro-batch. */
    private static final int USUAL_ROWS = 128;

    private static final int USER_SCRATCHPAD = 1;

    private final int type;
    private final Handles handles = new Handles();
    private final Cleaner.Cleanable cleanable = Handles.register(this, handles);
    private volatile Primitive[] primitives = {};

    /**
     * Products with operands of a type.
     *
     * @param type {@link OneDnn#BF16}, or {@link OneDnn#F32} for tests on any processor
     */
    OneDnnProducts(int type) {
        OneDnn.load();
        this.type = type;
    }

    @Override
    public String name() {
        return (type == OneDnn.BF16 ? "bf16" : "f32") + " by " + OneDnn.version()
                + (type == OneDnn.BF16 && OneDnn.hasAmx() ? " (AMX)" : "");
    }

    int type() {
        return type;
    }

    @Override
    public Weight weight(int depth, int width) {
        return new OneDnnWeight(this, depth, width);
    }

    @Override
    public Calculator calculator() {
        return new OneDnnCalculator(this, handles);
    }

    @Override
    public void close() {
        cleanable.clean();
    }

    /** The bytes of a weight {@code (k, n)}. */
    long weightBytes(int k, int n) {
        Primitive product = primitive(Kind.PRODUCT, USUAL_ROWS, k, n);
        return OneDnn.dnnl_memory_desc_get_size(product.layouts()[1]);
    }

    /** The primitive of a shape. */
    Primitive primitive(Kind kind, int m, int k, int n) {
        Primitive found = find(kind, m, k, n);
        return found != null ? found : make(kind, m, k, n);
    }

    private @Nullable Primitive find(Kind kind, int m, int k, int n) {
        for (Primitive primitive : primitives) {
            if (primitive.shape().is(kind, m, k, n)) {
                return primitive;
            }
        }
        return null;
    }

    private synchronized Primitive make(Kind kind, int m, int k, int n) {
        Primitive found = find(kind, m, k, n);
        if (found != null) {
            return found;
        }
        handles.requireOpen();
        OneDnn.useThisThreadAlone();
        Shape shape = new Shape(kind, m, k, n);
        Primitive made = switch (kind) {
            case PRODUCT -> product(shape, m == USUAL_ROWS ? anyLayout(k, n) : weightLayout(k, n));
            case SUM_OF_PRODUCTS -> sumOfProducts(shape);
            case ROUNDING -> reorder(shape, layout(OneDnn.F32, 1, k, k, 1), layout(type, 1, k, k, 1));
            case PACKING -> reorder(shape, layout(OneDnn.F32, k, n, n, 1), weightLayout(k, n));
            case PACKING_TRANSPOSED -> reorder(shape, layout(OneDnn.F32, k, n, 1, k), weightLayout(k, n));
        };
        Primitive[] more = Arrays.copyOf(primitives, primitives.length + 1);
        more[made.index()] = made;
        primitives = more;
        return made;
    }

    /** The layout that oneDNN chose for a weight. */
    private long weightLayout(int k, int n) {
        return primitive(Kind.PRODUCT, USUAL_ROWS, k, n).layouts()[1];
    }

    private Primitive product(Shape shape, long weights) {
        long[] layouts = {
            layout(type, shape.m(), shape.k(), shape.k(), 1),
            weights,
            layout(OneDnn.F32, shape.m(), shape.n(), shape.n(), 1)
        };
        return matrixProduct(shape, layouts, false);
    }

    private Primitive sumOfProducts(Shape shape) {
        long[] layouts = {
            layout(type, shape.m(), shape.k(), 1, shape.m()),
            layout(type, shape.k(), shape.n(), shape.n(), 1),
            layout(OneDnn.F32, shape.m(), shape.n(), shape.n(), 1)
        };
        return matrixProduct(shape, layouts, true);
    }

    private Primitive matrixProduct(Shape shape, long[] layouts, boolean adds) {
        long[] made = new long[1];
        Handles temporary = new Handles();
        try {
            check(
                    "matrix product",
                    OneDnn.dnnl_matmul_primitive_desc_create(
                            made, OneDnn.engine(), layouts[0], layouts[1], 0, layouts[2], attributes(adds, temporary)));
            long description = temporary.add(made[0], OneDnn::dnnl_primitive_desc_destroy);
            layouts[1] = copy(OneDnn.dnnl_primitive_desc_query_md(description, OneDnn.WEIGHTS_LAYOUT, 0));
            return primitive(
                    shape, description, new int[] {OneDnn.SOURCE, OneDnn.WEIGHTS, OneDnn.DESTINATION}, layouts);
        } finally {
            temporary.run();
        }
    }

    private Primitive reorder(Shape shape, long from, long to) {
        long[] made = new long[1];
        Handles temporary = new Handles();
        try {
            check(
                    "conversion",
                    OneDnn.dnnl_reorder_primitive_desc_create(
                            made, from, OneDnn.engine(), to, OneDnn.engine(), attributes(false, temporary)));
            long description = temporary.add(made[0], OneDnn::dnnl_primitive_desc_destroy);
            return primitive(shape, description, new int[] {OneDnn.SOURCE, OneDnn.DESTINATION}, new long[] {from, to});
        } finally {
            temporary.run();
        }
    }

    /** Compiles a description, with its scratch memory as one more operand. */
    private Primitive primitive(Shape shape, long description, int[] operands, long[] layouts) {
        int count = operands.length;
        long scratch = copy(OneDnn.dnnl_primitive_desc_query_md(description, OneDnn.SCRATCHPAD_LAYOUT, 0));
        int[] allOperands = Arrays.copyOf(operands, count + 1);
        allOperands[count] = OneDnn.SCRATCHPAD;
        long[] allLayouts = Arrays.copyOf(layouts, count + 1);
        allLayouts[count] = scratch;
        long[] made = new long[1];
        check("primitive", OneDnn.dnnl_primitive_create(made, description));
        long handle = handles.add(made[0], OneDnn::dnnl_primitive_destroy);
        return new Primitive(
                shape, primitives.length, handle, allOperands, allLayouts, OneDnn.dnnl_memory_desc_get_size(scratch));
    }

    /** Attributes: scratch memory of the caller, sums in the same order every time, and whether results are added. */
    private static long attributes(boolean adds, Handles owner) {
        long[] made = new long[1];
        check("set of attributes", OneDnn.dnnl_primitive_attr_create(made));
        long attributes = owner.add(made[0], OneDnn::dnnl_primitive_attr_destroy);
        check("set of attributes", OneDnn.dnnl_primitive_attr_set_scratchpad_mode(attributes, USER_SCRATCHPAD));
        check("set of attributes", OneDnn.dnnl_primitive_attr_set_deterministic(attributes, 1));
        if (adds) {
            check("sum", OneDnn.dnnl_post_ops_create(made));
            long operations = owner.add(made[0], OneDnn::dnnl_post_ops_destroy);
            check("sum", OneDnn.dnnl_post_ops_append_sum(operations, 1f, 0, OneDnn.F32));
            check("sum", OneDnn.dnnl_primitive_attr_set_post_ops(attributes, operations));
        }
        return attributes;
    }

    private long layout(int elements, long rows, long columns, long rowStride, long columnStride) {
        long[] made = new long[1];
        check(
                "layout",
                OneDnn.dnnl_memory_desc_create_with_strides(
                        made, 2, new long[] {rows, columns}, elements, new long[] {rowStride, columnStride}));
        return handles.add(made[0], OneDnn::dnnl_memory_desc_destroy);
    }

    private long anyLayout(int k, int n) {
        long[] made = new long[1];
        check("layout", OneDnn.dnnl_memory_desc_create_with_tag(made, 2, new long[] {k, n}, type, OneDnn.ANY_LAYOUT));
        return handles.add(made[0], OneDnn::dnnl_memory_desc_destroy);
    }

    /** A copy of a layout that belongs to a description. */
    private long copy(long layout) {
        long[] made = new long[1];
        check("layout", OneDnn.dnnl_memory_desc_clone(made, layout));
        return handles.add(made[0], OneDnn::dnnl_memory_desc_destroy);
    }
}
