package io.nanogpt.data;

import java.io.InputStream;
import java.text.Normalizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line-by-line cleaning step for text of any size.
 *
 * <pre>{@code
 * Cleaning cleaning = Cleaning.dropSpeakers().then(Cleaning.normalize(Normalizer.Form.NFC));
 * Corpus corpus = Corpus.ofFiles(Path.of("plays.txt")).withCleaning(cleaning);
 * }</pre>
 */
@FunctionalInterface
public interface Cleaning {
    /** Starts a text. */
    Lines begin();

    /** Cleans the lines of one text, in order. */
    @FunctionalInterface
    interface Lines {
        /**
         * Cleans the next line.
         *
         * @param line the line without its line feed
         * @return the cleaned line without a line feed; null to drop it and its line feed
         */
        @Nullable
        String clean(String line);
    }

    /** Returns a cleaning that applies this step, then another. */
    default Cleaning then(Cleaning next) {
        return () -> {
            Lines first = begin();
            Lines second = next.begin();
            return line -> {
                String cleaned = first.clean(line);
                return cleaned == null ? null : second.clean(cleaned);
            };
        };
    }

    /** Cleans a text. */
    default String apply(String text) {
        Lines lines = begin();
        StringBuilder cleaned = new StringBuilder(text.length());
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            String line = lines.clean(text.substring(start, end));
            if (line != null) {
                cleaned.append(line);
                if (newline >= 0) {
                    cleaned.append('\n');
                }
            }
            start = end + 1;
        }
        return cleaned.toString();
    }

    /**
     * Cleans a text while it is read; memory is bounded by the longest line.
     *
     * @param utf8 the text; closed with the result
     * @return the cleaned text; reading it throws {@link io.nanogpt.NanogptException} if the text is not UTF-8
     */
    default InputStream apply(InputStream utf8) {
        return new CleanedStream(utf8, begin());
    }

    /**
     * Returns a step that drops the first line of the text and the first line after each blank line: the speakers of a
     * play. Blank lines stay.
     */
    static Cleaning dropSpeakers() {
        return CleaningSteps::speakers;
    }

    /**
     * Returns a step that normalises Unicode: NFC composes characters, NFKC also replaces compatibility characters,
     * such as ligatures. Characters newer than the Unicode version of the Java runtime stay as they are.
     */
    static Cleaning normalize(Normalizer.Form form) {
        return () -> line -> Normalizer.normalize(line, form);
    }

    /**
     * Returns a step that collapses runs of white space to a space, strips each line and collapses blank lines to one.
     */
    static Cleaning collapseWhitespace() {
        return CleaningSteps::whitespace;
    }

    /** Returns a step that drops repeated lines of a text, except blank ones. Keeps all distinct lines in memory. */
    static Cleaning dropDuplicateLines() {
        return CleaningSteps::duplicates;
    }

    /** Returns a cleaning of several steps in order; an empty list leaves text unchanged. */
    static Cleaning of(List<Cleaning> steps) {
        return steps.stream().reduce(Cleaning::then).orElse(CleaningSteps.NONE);
    }
}
