package io.nanogpt.impl.interop;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.Utf8Files;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON objects as maps of strings, booleans, numbers, lists and maps, in the order of the file. */
final class JsonObjects {
    /** A null to be written; nulls that are read are left out. */
    static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private JsonObjects() {}

    /**
     * Reads a file with one object; keys whose value is null are left out.
     *
     * @throws NanogptException naming the file and the location of the error
     */
    static Map<String, Object> read(Path file) {
        String source = file.toString();
        return Json.parse(Utf8Files.read(file), source, 1, "an object", parser -> {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw unexpected(parser, source, "an object");
            }
            return object(parser, source);
        });
    }

    /** Serializes an object as indented UTF-8 with a final line break. */
    static byte[] bytes(Map<String, ?> object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        Separators separators =
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        try (JsonGenerator generator = Json.factory().createGenerator(out)) {
            generator.setPrettyPrinter(new DefaultPrettyPrinter(separators)
                    .withObjectIndenter(indenter)
                    .withArrayIndenter(indenter));
            write(generator, object);
            generator.writeRaw('\n');
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static Map<String, Object> object(JsonParser parser, String source) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                object.put(name, value(parser, source));
            }
        }
        return object;
    }

    private static Object value(JsonParser parser, String source) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case START_OBJECT -> object(parser, source);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, source));
                }
                yield list;
            }
            default -> throw unexpected(parser, source, "a string, a boolean, a number, a list or an object");
        };
    }

    private static NanogptException unexpected(JsonParser parser, String source, String expected) throws IOException {
        return Json.error(
                source,
                1,
                parser.currentTokenLocation(),
                "expected " + expected + ", but found " + Json.describe(parser));
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                generator.writeFieldName(entry.getKey().toString());
                write(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            generator.writeStartArray();
            for (Object element : list) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof Integer || value instanceof Long) {
            generator.writeNumber(((Number) value).longValue());
        } else if (value instanceof Float number && Float.isFinite(number)) {
            generator.writeNumber(number);
        } else if (value instanceof Double number && Double.isFinite(number)) {
            generator.writeNumber(number);
        } else if (value == NULL) {
            generator.writeNull();
        } else if (value instanceof String || value instanceof Enum<?>) {
            generator.writeString(value.toString());
        } else {
            throw new IllegalArgumentException("JSON cannot hold " + value + " ("
                    + value.getClass().getName() + "); use strings, booleans, finite numbers, lists and maps");
        }
    }
}
