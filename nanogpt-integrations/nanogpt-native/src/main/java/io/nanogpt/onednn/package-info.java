/**
 * Matrix products in bfloat16 by oneDNN, for {@code Backends.cpu().withPrecision(MatrixPrecision.BF16)}. Start reading at
 * {@link io.nanogpt.onednn.OneDnnProvider}; {@code OneDnn} is the only class that calls native code. Imports the api and JNA.
 */
@NullMarked
package io.nanogpt.onednn;

import org.jspecify.annotations.NullMarked;
