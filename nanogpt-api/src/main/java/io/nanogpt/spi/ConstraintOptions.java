package io.nanogpt.spi;

import io.nanogpt.generate.LogitsProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a continuation must be like.
 *
 * @param forbidden texts that never occur in it, however they are cut into tokens; none by default
 * @param pattern the continuation is the beginning of a match of this expression; it ends, as a match, where nothing
 *     more can follow; none by default
 * @param processors change the logits before an id is chosen, in order, after penalties and constraints
 */
public record ConstraintOptions(List<String> forbidden, Optional<Pattern> pattern, List<LogitsProcessor> processors) {
    private static final ConstraintOptions NONE = new ConstraintOptions(List.of(), Optional.empty(), List.of());

    public ConstraintOptions {
        forbidden = List.copyOf(Objects.requireNonNull(forbidden, "forbidden"));
        processors = List.copyOf(Objects.requireNonNull(processors, "processors"));
        Objects.requireNonNull(pattern, "pattern");
        if (forbidden.contains("")) {
            throw new IllegalArgumentException("a forbidden text must not be empty");
        }
    }

    /** Everything is allowed. */
    public static ConstraintOptions none() {
        return NONE;
    }

    /** One more text that must not occur. */
    public ConstraintOptions withForbidden(String text) {
        return new ConstraintOptions(append(forbidden, Objects.requireNonNull(text, "text")), pattern, processors);
    }

    /** An expression to follow. */
    public ConstraintOptions withPattern(Pattern value) {
        return new ConstraintOptions(forbidden, Optional.of(Objects.requireNonNull(value, "pattern")), processors);
    }

    /** One more processor. */
    public ConstraintOptions withProcessor(LogitsProcessor value) {
        return new ConstraintOptions(
                forbidden, pattern, append(processors, Objects.requireNonNull(value, "processor")));
    }

    private static <T> List<T> append(List<T> list, T last) {
        List<T> more = new ArrayList<>(list);
        more.add(last);
        return more;
    }
}
