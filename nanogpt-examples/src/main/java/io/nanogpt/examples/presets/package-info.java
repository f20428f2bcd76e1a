/**
 * Presets that the studies and the command line add to those of the library. Imports {@code io.nanogpt.model}. Start
 * reading at {@link io.nanogpt.examples.presets.StudyPresets}.
 */
@NullMarked
package io.nanogpt.examples.presets;

import org.jspecify.annotations.NullMarked;
