/**
 * Experiments: grids of training runs, their log, and what can be learned from it. Start reading at {@link
 * io.nanogpt.impl.experiment.DefaultExperiments} and {@link io.nanogpt.impl.experiment.GridRun}. Imports the api, {@code
 * train}, {@code files} and Commons Math, which only this room knows; nothing but {@code library} imports it.
 */
@NullMarked
package io.nanogpt.impl.experiment;

import org.jspecify.annotations.NullMarked;
