/** Tests of how the library is packed: POMs, module descriptors, metadata for native images. */
@NullMarked
package io.nanogpt.impl.packaging;

import org.jspecify.annotations.NullMarked;
