/** Tests of the packaging of the library: POMs, module descriptors, metadata for native images. */
@NullMarked
package io.nanogpt.impl.packaging;

import org.jspecify.annotations.NullMarked;
