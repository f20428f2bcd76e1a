package io.nanogpt.impl.train;

import io.nanogpt.spi.Executable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The graph of a step, compiled for the whole context, and in a warm-up of the context for sequences that are cut. */
final class ContextStages implements AutoCloseable {
    private final Executable whole;
    private final IntFunction<Executable> compiler;
    private @Nullable Executable cut;
    private int pieces = 1;

    /**
     * @param whole for whole sequences; closed with this
     * @param compiler compiles the graph for batches whose sequences are cut into a number of pieces
     */
    ContextStages(Executable whole, IntFunction<Executable> compiler) {
        this.whole = whole;
        this.compiler = compiler;
    }

    /** The graph for sequences in this number of pieces; it ends those for other numbers but one. */
    Executable of(int count) {
        if (count != pieces) {
            closeCut();
            cut = count == 1 ? null : compiler.apply(count);
            pieces = count;
        }
        return cut == null ? whole : cut;
    }

    Executable whole() {
        return whole;
    }

    private void closeCut() {
        if (cut != null) {
            cut.close();
            cut = null;
            pieces = 1;
        }
    }

    @Override
    public void close() {
        closeCut();
        whole.close();
    }
}
