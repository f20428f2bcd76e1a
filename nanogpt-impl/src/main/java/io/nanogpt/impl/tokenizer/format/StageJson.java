package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import io.nanogpt.impl.tokenizer.pipeline.TextPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the readers of stages have in common. */
final class StageJson {
    private static final int MOST_STEPS = 100;

    private StageJson() {}

    static NanogptException unsupported(JsonValue place, String feature) {
        return place.error("this tokenizer uses " + feature + ", which is not supported");
    }

    /** The steps of a sequence. */
    static List<JsonValue> steps(JsonValue sequence, String name) {
        List<JsonValue> steps = sequence.member(name).elements();
        if (steps.size() > MOST_STEPS) {
            throw unsupported(sequence, "a sequence of " + steps.size() + " steps, more than " + MOST_STEPS);
        }
        return steps;
    }

    static boolean flag(JsonValue object, String name, boolean other) {
        JsonValue value = object.optional(name);
        return value == null ? other : value.bool();
    }

    static String text(JsonValue object, String name, String other) {
        JsonValue value = object.optional(name);
        return value == null ? other : value.string();
    }

    /** A member that is one character. */
    static int character(JsonValue object, String name) {
        JsonValue value = object.member(name);
        String text = value.string();
        if (text.isEmpty() || text.codePointCount(0, text.length()) != 1) {
            throw value.error("expected one character, but found " + text.codePointCount(0, text.length()));
        }
        return text.codePointAt(0);
    }

    /** A pattern: {@code {"String": ...}}, or {@code {"Regex": ...}} in the spelling of Oniguruma. */
    static TextPattern pattern(JsonValue pattern) {
        @Nullable JsonValue literal = pattern.optional("String");
        if (literal != null) {
            if (literal.string().isEmpty()) {
                throw unsupported(literal, "an empty pattern");
            }
            return new TextPattern.Literal(literal.string());
        }
        JsonValue regex = pattern.member("Regex");
        try {
            return TextPattern.Regex.of(regex.string());
        } catch (UnsupportedPatternException e) {
            throw unsupported(regex, "a pattern with " + e.feature());
        } catch (IllegalArgumentException | StackOverflowError e) {
            throw unsupported(regex, "a pattern that java.util.regex does not support");
        }
    }
}
