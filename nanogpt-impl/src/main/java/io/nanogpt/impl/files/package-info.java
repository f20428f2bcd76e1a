/**
 * File access for the other packages: atomic writes, strict UTF-8, JSON with the location of every value. Start reading
 * at {@link io.nanogpt.impl.files.AtomicFiles} and {@link io.nanogpt.impl.files.JsonValue}. Imports {@code io.nanogpt}
 * and jackson-core.
 */
@NullMarked
package io.nanogpt.impl.files;

import org.jspecify.annotations.NullMarked;
