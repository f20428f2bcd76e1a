/**
 * The process and its terminal: relaunching with the vector module, error lines and exit codes, progress, JSON output and
 * saving on Ctrl-C. Used by the command line, the studies and the benchmarks; imports the api. Start reading at
 * {@link io.nanogpt.examples.cli.console.Relauncher}.
 */
@NullMarked
package io.nanogpt.examples.cli.console;

import org.jspecify.annotations.NullMarked;
