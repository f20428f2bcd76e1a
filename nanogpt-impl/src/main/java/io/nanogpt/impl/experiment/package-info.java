/**
 * Experiments: logs of training runs. Start reading at {@link io.nanogpt.impl.experiment.ExperimentRoom}. Imports the api
 * and {@code files}; nothing but {@code library} imports it.
 */
@NullMarked
package io.nanogpt.impl.experiment;

import org.jspecify.annotations.NullMarked;
