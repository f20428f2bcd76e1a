/**
 * The page that follows training runs. Start at {@link io.nanogpt.impl.live.LivePage}. Imports {@code files} and {@code
 * page}.
 */
@NullMarked
package io.nanogpt.impl.live;

import org.jspecify.annotations.NullMarked;
