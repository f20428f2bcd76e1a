/**
 * The {@code nanogpt} command line, one class a verb, written against the api as a user's program would be. Imports the
 * api, {@link io.nanogpt.examples.cli.options}, {@link io.nanogpt.examples.cli.console} and the sample captions. Start
 * reading at {@link io.nanogpt.examples.cli.Main}.
 */
@NullMarked
package io.nanogpt.examples.cli;

import org.jspecify.annotations.NullMarked;
