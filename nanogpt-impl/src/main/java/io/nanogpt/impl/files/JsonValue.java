package io.nanogpt.impl.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nanogpt.NanogptException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
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
    /** Names of members in an error. */
    private static final int LISTED = 20;

    private final String source;
    /** The lines of the source before the document. */
    private final int linesBefore;
    /** The object or array that contains this value; null for the document. */
    private final @Nullable JsonValue parent;
    /** The name in an object, else null. */
    private final @Nullable String name;
    /** The index in an array. */
    private final int index;

    private final int line;
    private final int column;
    /** Null, a string, a boolean, a {@code Long}, a {@link Decimal}, a map or a list. */
    private @Nullable Object content;

    /** A number that is not a {@code long}, as it is written. */
    private record Decimal(String text, double value) {}

    private JsonValue(
            String source,
            int linesBefore,
            @Nullable JsonValue parent,
            @Nullable String name,
            int index,
            JsonLocation location) {
        this.source = source;
        this.linesBefore = linesBefore;
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.line = linesBefore + location.getLineNr();
        this.column = location.getColumnNr();
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
        return parse(text, source, 1, expected);
    }

    /**
     * Parses a JSON text within a source.
     *
     * @param firstLine the line of the source at which the text begins, from 1
     */
    public static JsonValue parse(String text, String source, int firstLine, String expected) {
        return Json.parse(text, source, firstLine, expected, parser -> {
            parser.nextToken();
            JsonValue document = new JsonValue(source, firstLine - 1, null, null, 0, parser.currentTokenLocation());
            document.readContent(parser);
            return document;
        });
    }

    private void readContent(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw error("the file is empty; expected JSON");
        }
        content = switch (token) {
            case START_OBJECT -> readMembers(parser);
            case START_ARRAY -> readElements(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Object number(JsonParser parser) throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> new Decimal(parser.getText(), parser.getDoubleValue());
        };
    }

    private Map<String, JsonValue> readMembers(JsonParser parser) throws IOException {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            parser.nextToken();
            JsonValue value = new JsonValue(source, linesBefore, this, member, 0, parser.currentTokenLocation());
            value.readContent(parser);
            members.put(member, value);
        }
        return Collections.unmodifiableMap(members);
    }

    private List<JsonValue> readElements(JsonParser parser) throws IOException {
        List<JsonValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonValue value =
                    new JsonValue(source, linesBefore, this, null, elements.size(), parser.currentTokenLocation());
            value.readContent(parser);
            elements.add(value);
        }
        return List.copyOf(elements);
    }

    /** Whether this is {@code null}. */
    public boolean isNull() {
        return content == null;
    }

    /** Whether this is an array. */
    public boolean isArray() {
        return content instanceof List<?>;
    }

    /** Whether this is an object. */
    public boolean isObject() {
        return content instanceof Map<?, ?>;
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
                    + listed(members().keySet()));
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

    /** Whether this is an object that has a member with a value: a string, a {@code Long}, a boolean. */
    public boolean has(String name, Object value) {
        JsonValue member = content instanceof Map<?, ?> ? members().get(name) : null;
        return member != null && value.equals(member.content);
    }

    /** Whether this is an object in which a member is missing, {@code null} or an empty array. */
    public boolean lacks(String name) {
        if (!(content instanceof Map<?, ?>)) {
            return false;
        }
        JsonValue member = members().get(name);
        return member == null || member.content == null || List.of().equals(member.content);
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
        if (content instanceof String || content instanceof Long || content instanceof Boolean) {
            return content;
        }
        if (content instanceof Decimal decimal) {
            return decimal.value();
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
        if (content instanceof Long integer) {
            return integer;
        }
        if (content instanceof Decimal decimal) {
            return decimal.value();
        }
        throw expected("a number");
    }

    /** A number, exactly. */
    public BigDecimal decimal() {
        if (content instanceof Long integer) {
            return BigDecimal.valueOf(integer);
        }
        if (content instanceof Decimal decimal) {
            try {
                return new BigDecimal(decimal.text());
            } catch (NumberFormatException e) {
                NanogptException error = expected("a number with an exponent of less than ten digits");
                error.initCause(e);
                throw error;
            }
        }
        throw expected("a number");
    }

    /** This value as JSON without white space; numbers as they were written. */
    public String json() {
        StringBuilder json = new StringBuilder();
        appendTo(json);
        return json.toString();
    }

    private void appendTo(StringBuilder json) {
        if (content instanceof String string) {
            json.append(Json.quoted(string));
        } else if (content instanceof Decimal decimal) {
            json.append(decimal.text());
        } else if (content instanceof Map<?, ?>) {
            json.append('{');
            members().forEach((name, value) -> {
                json.append(json.charAt(json.length() - 1) == '{' ? "" : ",")
                        .append(Json.quoted(name))
                        .append(':');
                value.appendTo(json);
            });
            json.append('}');
        } else if (content instanceof List<?>) {
            json.append('[');
            for (JsonValue element : elements()) {
                json.append(element.index == 0 ? "" : ",");
                element.appendTo(json);
            }
            json.append(']');
        } else {
            json.append(content);
        }
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
        String path = path();
        return Json.error(source, line, column, (path.isEmpty() ? "" : path + ": ") + what);
    }

    private NanogptException expected(String expected) {
        return error("expected " + expected + ", but found " + description());
    }

    /** The names and indices that lead here from the document. */
    private String path() {
        Deque<JsonValue> values = new ArrayDeque<>();
        for (JsonValue value = this; value.parent != null; value = value.parent) {
            values.push(value);
        }
        StringBuilder path = new StringBuilder();
        for (JsonValue value : values) {
            if (value.name == null) {
                path.append('[').append(value.index).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(Json.shortened(value.name));
            }
        }
        return path.toString();
    }

    private String description() {
        if (content instanceof String string) {
            return "the string \"" + Json.shortened(string) + "\"";
        }
        if (content instanceof Long integer) {
            return "the number " + integer;
        }
        if (content instanceof Decimal decimal) {
            return "the number " + Json.shortened(decimal.text());
        }
        if (content instanceof Map<?, ?>) {
            return "an object";
        }
        return content instanceof List<?> ? "an array" : String.valueOf(content);
    }

    private static String listed(Set<String> names) {
        List<String> first = names.stream().limit(LISTED).map(Json::shortened).toList();
        return first + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "");
    }
}
