/** Fakes of other packages, with which a package is tested alone. */
@NullMarked
package io.nanogpt.impl.fakes;

import org.jspecify.annotations.NullMarked;
