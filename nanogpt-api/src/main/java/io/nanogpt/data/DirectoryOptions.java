package io.nanogpt.data;

import java.util.Objects;

/**
 * Options of reading a corpus from a directory. Immutable.
 *
 * @param recursive whether to read subfolders; true by default
 * @param limit maximum number of files, in path order; no limit by default
 * @param duplicates treatment of duplicate files; they are kept by default
 */
public record DirectoryOptions(boolean recursive, int limit, Duplicates duplicates) {
    /** Treatment of files that duplicate an earlier one. */
    public enum Duplicates {
        /** Reads every file. */
        KEEP,
        /** Drops other paths to the same file, through links. */
        DROP_SAME_PATH,
        /** Drops files with the same text. */
        DROP_SAME_CONTENT
    }

    public DirectoryOptions {
        Objects.requireNonNull(duplicates, "duplicates");
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, but is " + limit);
        }
    }

    /** Returns the defaults: recursive, no limit, duplicates kept. */
    public static DirectoryOptions defaults() {
        return new DirectoryOptions(true, Integer.MAX_VALUE, Duplicates.KEEP);
    }
}
