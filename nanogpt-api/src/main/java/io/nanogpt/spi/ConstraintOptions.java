package io.nanogpt.spi;

import io.nanogpt.generate.JsonSchema;
import io.nanogpt.generate.LogitsProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Constraints on a continuation. Immutable.
 *
 * @param forbidden texts that never occur in it, however they are split into tokens; none by default
 * @param pattern a regular expression of which the continuation is a prefix of a match; generation ends at a match that
 *     nothing can extend; none by default. Back references, look behind, word boundaries and a look ahead at more than one
 *     character make each token cost the time of the whole text, up to a limit
 * @param jsonSchema a schema that the continuation fits, a whole JSON value; generation ends when nothing can extend it;
 *     none by default, and never beside a pattern
 * @param processors changes to the logits before a token is chosen, in order, after penalties and constraints
 */
public record ConstraintOptions(
        List<String> forbidden,
        Optional<Pattern> pattern,
        Optional<JsonSchema> jsonSchema,
        List<LogitsProcessor> processors) {
    private static final ConstraintOptions NONE =
            new ConstraintOptions(List.of(), Optional.empty(), Optional.empty(), List.of());

    public ConstraintOptions {
        forbidden = List.copyOf(Objects.requireNonNull(forbidden, "forbidden"));
        processors = List.copyOf(Objects.requireNonNull(processors, "processors"));
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(jsonSchema, "jsonSchema");
        if (pattern.isPresent() && jsonSchema.isPresent()) {
            throw new IllegalArgumentException(
                    "a continuation follows a pattern or a JSON schema, not both; give strings of the schema a pattern");
        }
        if (forbidden.contains("")) {
            throw new IllegalArgumentException("a forbidden text must not be empty");
        }
    }

    /** Returns options without constraints. */
    public static ConstraintOptions none() {
        return NONE;
    }

    /** Returns a copy with one more forbidden text. */
    public ConstraintOptions withForbidden(String text) {
        return new ConstraintOptions(
                append(forbidden, Objects.requireNonNull(text, "text")), pattern, jsonSchema, processors);
    }

    /** Returns a copy with this pattern. */
    public ConstraintOptions withPattern(Pattern value) {
        return new ConstraintOptions(
                forbidden, Optional.of(Objects.requireNonNull(value, "pattern")), jsonSchema, processors);
    }

    /** Returns a copy with this JSON schema. */
    public ConstraintOptions withJsonSchema(JsonSchema value) {
        return new ConstraintOptions(
                forbidden, pattern, Optional.of(Objects.requireNonNull(value, "schema")), processors);
    }

    /** Returns a copy with one more processor. */
    public ConstraintOptions withProcessor(LogitsProcessor value) {
        return new ConstraintOptions(
                forbidden, pattern, jsonSchema, append(processors, Objects.requireNonNull(value, "processor")));
    }

    private static <T> List<T> append(List<T> list, T last) {
        List<T> more = new ArrayList<>(list);
        more.add(last);
        return more;
    }
}
