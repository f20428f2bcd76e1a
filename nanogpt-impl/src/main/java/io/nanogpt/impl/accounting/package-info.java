/**
 * Counts what a graph costs. Start reading at {@link io.nanogpt.impl.accounting.Accountant}. Imports the api alone.
 */
@NullMarked
package io.nanogpt.impl.accounting;

import org.jspecify.annotations.NullMarked;
