package io.nanogpt.impl.train;

/** Storage for the checkpoints of one run. */
public interface CheckpointStore {
    /**
     * Reads the newest checkpoint.
     *
     * @return whether there is one
     * @throws io.nanogpt.NanogptException if it is of another model, tokenizer, data or settings, naming which
     */
    boolean read(Snapshot snapshot);

    /**
     * Writes a checkpoint atomically, and deletes those that need not be kept.
     *
     * @param epochEnd whether to keep it as the end of an epoch
     */
    void write(Snapshot snapshot, boolean epochEnd);
}
