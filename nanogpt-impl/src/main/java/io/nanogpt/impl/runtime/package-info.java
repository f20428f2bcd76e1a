/**
 * Combines the other packages behind the api. Start reading at {@link io.nanogpt.impl.runtime.NanogptLibrary}, the
 * service of {@link java.util.ServiceLoader}. May import every other package; none imports it.
 */
@NullMarked
package io.nanogpt.impl.runtime;

import org.jspecify.annotations.NullMarked;
