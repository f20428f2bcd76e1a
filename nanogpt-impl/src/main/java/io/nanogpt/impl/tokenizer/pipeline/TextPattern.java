package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.regex.PatternSearch;
import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a stage looks for in a text. Safe for use by many threads. */
public sealed interface TextPattern {
    /** The matches in a text, in order: the start and the end of each. */
    Spans find(String text);

    /** Finds a text. */
    record Literal(String literal) implements TextPattern {
        @Override
        public Spans find(String text) {
            Spans found = new Spans();
            for (int at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length())) {
                found.add(at, at + literal.length());
            }
            return found;
        }
    }

    /** Finds a regular expression; its matches may be empty. */
    record Regex(Queue<PatternSearch> searches, PatternSearch prototype) implements TextPattern {
        /**
         * Creates a pattern.
         *
         * @param oniguruma in the spelling of Hugging Face's files
         * @throws io.nanogpt.impl.regex.UnsupportedPatternException if it has syntax that is not supported
         * @throws IllegalArgumentException if {@code java.util.regex} does not support it
         */
        public static Regex of(String oniguruma) {
            return new Regex(new ConcurrentLinkedQueue<>(), KnownPatterns.search(oniguruma));
        }

        @Override
        public Spans find(String text) {
            PatternSearch idle = searches.poll();
            PatternSearch search = idle == null ? prototype.another() : idle;
            Spans found = new Spans();
            search.begin(text);
            int last = -1;
            while (search.find()) {
                // An empty match where the last one ends is none.
                if (search.end() > search.start() || search.start() != last) {
                    found.add(search.start(), search.end());
                }
                last = search.end();
            }
            search.begin(""); // Lets go of the text.
            searches.add(search);
            return found;
        }
    }
}
