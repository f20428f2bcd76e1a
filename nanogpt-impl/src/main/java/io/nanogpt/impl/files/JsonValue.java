package io.nanogpt.impl.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nanogpt.NanogptException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value of a small document, such as a configuration, with its location. Accessors throw a
 * {@link NanogptException} if the value has another type, naming the file, the path in it, line and column, what was
 * expected and what was found.
 */
public final class JsonValue {
    private final String source;
    private final String path;
    private final JsonLocation location;
    private final String description;
    private final @Nullable Object content;

    private JsonValue(String source, String path, JsonLocation location, String description, @Nullable Object content) {
        this.source = source;
        this.path = path;
        this.location = location;
        this.description = description;
        this.content = content;
    }

    /**
     * Reads a JSON file.
     *
     * @param expected what the file should be, for messages, for example {@code a tokenizer}
     */
    public static JsonValue read(Path file, String expected) {
        return parse(Utf8Files.read(file), file.toString(), expected);
    }

    /**
     * Parses a JSON text.
     *
     * @param source where it comes from, for messages
     * @param expected what it should be, for messages
     */
    public static JsonValue parse(String text, String source, String expected) {
        return Json.parse(text, source, 1, expected, parser -> {
            parser.nextToken();
            return value(parser, source, "");
        });
    }

    private static JsonValue value(JsonParser parser, String source, String path) throws IOException {
        JsonLocation location = parser.currentTokenLocation();
        String description = Json.describe(parser);
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw Json.error(source, 1, location, "the file is empty; expected JSON");
        }
        Object content = switch (token) {
            case START_OBJECT -> members(parser, source, path);
            case START_ARRAY -> elements(parser, source, path);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> number(parser);
            case VALUE_NUMBER_FLOAT -> (Object) parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
        return new JsonValue(source, path, location, description, content);
    }

    private static Number number(JsonParser parser) throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> parser.getDoubleValue();
        };
    }

    private static Map<String, JsonValue> members(JsonParser parser, String source, String path) throws IOException {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            members.put(name, value(parser, source, path.isEmpty() ? name : path + "." + name));
        }
        return Collections.unmodifiableMap(members);
    }

    private static List<JsonValue> elements(JsonParser parser, String source, String path) throws IOException {
        List<JsonValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser, source, path + "[" + elements.size() + "]"));
        }
        return Collections.unmodifiableList(elements);
    }

    /** Whether this is {@code null}. */
    public boolean isNull() {
        return content == null;
    }

    /** Whether this is an array. */
    public boolean isArray() {
        return content instanceof List<?>;
    }

    /** The members of an object, in order. */
    @SuppressWarnings("unchecked")
    public Map<String, JsonValue> members() {
        if (content instanceof Map<?, ?> map) {
            return (Map<String, JsonValue>) map;
        }
        throw expected("an object");
    }

    /** The elements of an array. */
    @SuppressWarnings("unchecked")
    public List<JsonValue> elements() {
        if (content instanceof List<?> list) {
            return (List<JsonValue>) list;
        }
        throw expected("an array");
    }

    /** A required member. */
    public JsonValue member(String name) {
        JsonValue member = members().get(name);
        if (member == null) {
            throw error("expected a member \"" + name + "\", but there are only "
                    + members().keySet());
        }
        return member;
    }

    /** A member, or null if it is missing or {@code null}. */
    public @Nullable JsonValue optional(String name) {
        JsonValue member = members().get(name);
        return member == null || member.isNull() ? null : member;
    }

    /** Rejects unknown members. */
    public void allowOnly(Set<String> names) {
        for (Map.Entry<String, JsonValue> member : members().entrySet()) {
            if (!names.contains(member.getKey())) {
                throw member.getValue()
                        .error("unknown; expected one of "
                                + names.stream().sorted().toList());
            }
        }
    }

    /** A string. */
    public String string() {
        if (content instanceof String string) {
            return string;
        }
        throw expected("a string");
    }

    /** A string, a number ({@code Long} or {@code Double}), {@code true} or {@code false}. */
    public Object scalar() {
        if (content instanceof String || content instanceof Number || content instanceof Boolean) {
            return content;
        }
        throw expected("a string, a number, true or false");
    }

    /** {@code true} or {@code false}. */
    public boolean bool() {
        if (content instanceof Boolean bool) {
            return bool;
        }
        throw expected("true or false");
    }

    /** A number. */
    public double number() {
        if (content instanceof Number number) {
            return number.doubleValue();
        }
        throw expected("a number");
    }

    /** A whole number between two bounds, inclusive. */
    public long integer(long minimum, long maximum) {
        if (content instanceof Long integer && integer >= minimum && integer <= maximum) {
            return integer;
        }
        throw expected("a whole number from " + minimum + " to " + maximum);
    }

    /** An exception that names this value's location. */
    public NanogptException error(String what) {
        return Json.error(source, 1, location, (path.isEmpty() ? "" : path + ": ") + what);
    }

    private NanogptException expected(String expected) {
        return error("expected " + expected + ", but found " + description);
    }
}
