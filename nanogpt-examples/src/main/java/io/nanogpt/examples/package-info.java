/**
 * The {@code nanogpt} command line and the programs that time the library. Start reading at
 * {@link io.nanogpt.examples.Main}; each verb is a class of its own, written against the api as a user would. Only the
 * benchmarks import {@code io.nanogpt.impl}.
 */
@NullMarked
package io.nanogpt.examples;

import org.jspecify.annotations.NullMarked;
