/**
 * Architectures and the records that configure them. Start reading at {@link io.nanogpt.model.Architecture}.
 * Imports {@code graph}.
 */
@NullMarked
package io.nanogpt.model;

import org.jspecify.annotations.NullMarked;
