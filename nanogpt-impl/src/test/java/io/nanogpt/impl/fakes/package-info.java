/** Stand-ins for what other rooms provide, so that a room can be tested alone. */
@NullMarked
package io.nanogpt.impl.fakes;

import org.jspecify.annotations.NullMarked;
