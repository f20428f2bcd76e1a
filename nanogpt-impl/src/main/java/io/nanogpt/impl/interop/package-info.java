/**
 * Models in files of the ecosystem's layout: safetensors, {@code config.json} and a model card. Start reading at
 * {@link io.nanogpt.impl.interop.ModelFolder}; the weights are {@link io.nanogpt.impl.interop.SafetensorsFile} and
 * {@link io.nanogpt.impl.interop.SafetensorsWriter}. Imports the api, {@code files} and jackson-core. Files are not
 * trusted: reading executes nothing and allocates no more than a file's own size justifies.
 */
@NullMarked
package io.nanogpt.impl.interop;

import org.jspecify.annotations.NullMarked;
