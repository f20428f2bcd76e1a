package io.nanogpt.examples.docs;

import java.nio.file.Path;

/**
 * A block of code in the documentation.
 *
 * @param file that holds it, relative to the repository
 * @param line of the file where the block begins, from 1
 * @param language after the fence of a Markdown block; {@code java} for one in a comment of javadoc
 * @param info the rest of the line of the fence: the file that the block shows, if it is one; empty in javadoc
 * @param code without fences and comment asterisks
 */
record Snippet(Path file, int line, String language, String info, String code) {
    /** Where it is, as editors and terminals link it. */
    String place() {
        return file + ":" + line;
    }
}
