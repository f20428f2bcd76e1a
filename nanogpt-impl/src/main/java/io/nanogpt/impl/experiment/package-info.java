/**
 * Experiments: logs of training runs, and what can be learned from them. Start reading at {@link io.nanogpt.impl.experiment.ExperimentRoom}. Imports the api,
 * {@code files} and Commons Math, which only this room knows; nothing but {@code library} imports it.
 */
@NullMarked
package io.nanogpt.impl.experiment;

import org.jspecify.annotations.NullMarked;
