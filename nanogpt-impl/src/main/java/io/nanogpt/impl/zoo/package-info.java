/**
 * The architectures, one file each. Start reading at {@link io.nanogpt.impl.zoo.Zoo}. Imports the api's graph and model.
 */
@NullMarked
package io.nanogpt.impl.zoo;

import org.jspecify.annotations.NullMarked;
