/**
 * Checkpoints on disk: {@link io.nanogpt.impl.checkpoint.CheckpointFolder} writes and reads a
 * {@link io.nanogpt.impl.train.Snapshot}, {@link io.nanogpt.impl.checkpoint.RunIdentity} checks that it belongs to the
 * run that resumes from it. Start reading at the folder. Imports {@code train}, {@code data}, {@code interop} and
 * {@code files}.
 */
@NullMarked
package io.nanogpt.impl.checkpoint;

import org.jspecify.annotations.NullMarked;
