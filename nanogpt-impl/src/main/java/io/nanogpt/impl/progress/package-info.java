/**
 * The progress of a run as text. Start reading at {@link io.nanogpt.impl.progress.ProgressBar}. Imports nothing of this
 * library but its api.
 */
@NullMarked
package io.nanogpt.impl.progress;

import org.jspecify.annotations.NullMarked;
