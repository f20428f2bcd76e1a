/**
 * Files as the other rooms need them: writing that leaves the old file or the new one and never half of it, UTF-8 that
 * names the place where it is broken, JSON with the place of every value. Start reading at
 * {@link io.nanogpt.impl.files.AtomicFiles} and {@link io.nanogpt.impl.files.JsonValue}. Imports {@code io.nanogpt} and
 * jackson-core.
 */
@NullMarked
package io.nanogpt.impl.files;

import org.jspecify.annotations.NullMarked;
