package io.nanogpt.data;

import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The steps with state, and the empty one. */
final class CleaningSteps {
    private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}+");

    /** Leaves text unchanged, without splitting it into lines. */
    static final Cleaning NONE = new Cleaning() {
        @Override
        public Lines begin() {
            return line -> line;
        }

        @Override
        public String apply(String text) {
            return text;
        }

        @Override
        public InputStream apply(InputStream utf8) {
            return utf8;
        }
    };

    private CleaningSteps() {}

    static Cleaning.Lines speakers() {
        return new Cleaning.Lines() {
            private boolean afterBlank = true;

            @Override
            public @Nullable String clean(String line) {
                boolean blank = line.isBlank();
                boolean speaker = afterBlank && !blank;
                afterBlank = blank;
                return speaker ? null : line;
            }
        };
    }

    static Cleaning.Lines whitespace() {
        return new Cleaning.Lines() {
            private boolean afterBlank;

            @Override
            public @Nullable String clean(String line) {
                String collapsed = WHITE_SPACE.matcher(line).replaceAll(" ").strip();
                boolean repeated = afterBlank && collapsed.isEmpty();
                afterBlank = collapsed.isEmpty();
                return repeated ? null : collapsed;
            }
        };
    }

    static Cleaning.Lines duplicates() {
        Set<String> seen = new HashSet<>();
        return line -> line.isBlank() || seen.add(line) ? line : null;
    }
}
