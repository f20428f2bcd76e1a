package io.nanogpt.data;

import java.util.Objects;

/**
 * Which files of a directory a corpus takes.
 *
 * @param recursive whether to look into folders below; the default
 * @param limit the most files to take, in path order; no limit by default
 * @param duplicates what to drop; nothing by default
 */
public record DirectoryOptions(boolean recursive, int limit, Duplicates duplicates) {
    /** Which later files count as duplicates of earlier ones. */
    public enum Duplicates {
        /** None: every file is taken. */
        KEEP,
        /** Files that are the same file by another path, through links. */
        DROP_SAME_PATH,
        /** Files of the same text. */
        DROP_SAME_CONTENT
    }

    public DirectoryOptions {
        Objects.requireNonNull(duplicates, "duplicates");
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, but is " + limit);
        }
    }

    /** Recursive, no limit, nothing dropped. */
    public static DirectoryOptions defaults() {
        return new DirectoryOptions(true, Integer.MAX_VALUE, Duplicates.KEEP);
    }
}
