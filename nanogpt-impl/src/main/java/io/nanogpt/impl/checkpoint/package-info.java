/**
 * Checkpoints on disk: {@link io.nanogpt.impl.checkpoint.CheckpointFolder} writes and reads what
 * {@link io.nanogpt.impl.train.Snapshot} holds, {@link io.nanogpt.impl.checkpoint.RunIdentity} tells whether a run is the
 * one that wrote it. Start reading at the folder. Imports {@code train}, {@code data}, {@code interop} and {@code files}.
 */
@NullMarked
package io.nanogpt.impl.checkpoint;

import org.jspecify.annotations.NullMarked;
