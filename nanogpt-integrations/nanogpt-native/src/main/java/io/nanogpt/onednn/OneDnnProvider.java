package io.nanogpt.onednn;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.spi.MatrixProducts;
import io.nanogpt.spi.MatrixProductsProvider;

/** Provides matrix products in bfloat16 by oneDNN, on Linux and x86-64. */
public final class OneDnnProvider implements MatrixProductsProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public OneDnnProvider() {}

    @Override
    public MatrixPrecision precision() {
        return MatrixPrecision.BF16;
    }

    @Override
    public MatrixProducts open() {
        OneDnn.load();
        if (!OneDnn.hasBf16Units()) {
            throw new NanogptException("this processor has no units for bf16 (AVX512_BF16 or AMX), or the environment"
                    + " variable ONEDNN_MAX_CPU_ISA hides them from " + OneDnn.version() + "; train in f32");
        }
        return new OneDnnProducts(OneDnn.BF16);
    }
}
