/**
 * Model files of this library and of others: the saved folder ({@link io.nanogpt.impl.interop.ModelFolder}), state
 * dicts ({@link io.nanogpt.impl.interop.StateDictModel}), safetensors and PyTorch files behind one interface, and
 * mappings of other libraries' parameter names and settings. Start reading at {@code ModelFolder}, {@code NameTables}
 * and {@code TorchFile}. Imports the api, {@code chat}, {@code files} and
 * jackson-core. Files are not trusted: reading executes
 * nothing and allocates no more than a small multiple of a file's size.
 */
@NullMarked
package io.nanogpt.impl.interop;

import org.jspecify.annotations.NullMarked;
