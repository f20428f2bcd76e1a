/**
 * The page that explores a model: its server, the folder that runs in the browser, and the JSON that both give the same
 * scripts. Start reading at {@link io.nanogpt.impl.inspect.explorer.ServedExplorer}. Imports {@code inspect},
 * {@code files} and {@code page}.
 */
@NullMarked
package io.nanogpt.impl.inspect.explorer;

import org.jspecify.annotations.NullMarked;
