/**
 * Pages: the style sheet that all share, one HTML document with its scripts, and a server for pages on this machine.
 * Start at {@link io.nanogpt.impl.page.PageServer}. Imports {@code files}.
 */
@NullMarked
package io.nanogpt.impl.page;

import org.jspecify.annotations.NullMarked;
