package io.nanogpt.data;

import java.io.InputStream;
import java.text.Normalizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that cleans text line by line, so that a file of any size passes through it.
 *
 * <pre>{@code
 * Cleaning cleaning = Cleaning.dropSpeakers().then(Cleaning.normalize(Normalizer.Form.NFC));
 * Corpus corpus = Corpus.ofFiles(Path.of("plays.txt")).withCleaning(cleaning);
 * }</pre>
 */
@FunctionalInterface
public interface Cleaning {
    /** Begins a text. */
    Lines begin();

    /** What happens to the lines of one text, which come in order. */
    @FunctionalInterface
    interface Lines {
        /**
         * The next line.
         *
         * @param line without its line feed
         * @return what becomes of it, without a line feed; null to drop it and its line feed
         */
        @Nullable
        String clean(String line);
    }

    /** This step, then another. */
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
     * Cleans a text while it is read; memory holds a line and a buffer.
     *
     * @param utf8 closed with the result, which throws {@link io.nanogpt.NanogptException} where it is not UTF-8
     */
    default InputStream apply(InputStream utf8) {
        return new CleanedStream(utf8, begin());
    }

    /** Drops the first line of the text and after each blank line: in plays, who speaks. Blank lines stay. */
    static Cleaning dropSpeakers() {
        return CleaningSteps::speakers;
    }

    /**
     * Normalises Unicode: NFC composes characters, NFKC also replaces those that exist for compatibility, such as
     * ligatures. Of characters that are newer than the Java runtime, nothing is known.
     */
    static Cleaning normalize(Normalizer.Form form) {
        return () -> line -> Normalizer.normalize(line, form);
    }

    /** Makes every run of white space in a line one space, none at its ends, and of several blank lines keeps one. */
    static Cleaning collapseWhitespace() {
        return CleaningSteps::whitespace;
    }

    /** Drops lines that stood before in the same text, blank ones excepted. Keeps all distinct lines in memory. */
    static Cleaning dropDuplicateLines() {
        return CleaningSteps::duplicates;
    }

    /** Several steps in order; none leaves text as it is. */
    static Cleaning of(List<Cleaning> steps) {
        return steps.stream().reduce(Cleaning::then).orElse(CleaningSteps.NONE);
    }
}
