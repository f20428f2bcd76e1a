package io.nanogpt.impl.data;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.Utf8Files;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Texts in JSON: an array of strings, or one object per line (JSON Lines). */
final class JsonTexts {
    private static final String ARRAY = "a JSON array of strings";

    private JsonTexts() {}

    static List<String> array(Path file) {
        String source = file.toString();
        return Json.parse(Utf8Files.read(file), source, 1, ARRAY, parser -> {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw expected(parser, source, 1, ARRAY);
            }
            List<String> texts = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.VALUE_STRING) {
                    throw expected(parser, source, 1, "a string in " + ARRAY);
                }
                texts.add(parser.getText());
            }
            return texts;
        });
    }

    /** Parses every line by itself, so that errors name the broken line, not the one where the parser gave up. */
    static List<String> lines(Path file, String field) {
        String text = Utf8Files.read(file);
        String source = file.toString();
        List<String> texts = new ArrayList<>();
        int number = 1;
        for (int start = 0; start < text.length(); number++) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            String line = text.substring(start, end);
            if (!line.isBlank()) {
                texts.add(line(line, source, number, field));
            }
            start = end + 1;
        }
        return texts;
    }

    private static String line(String line, String source, int number, String field) {
        String object = "an object with the string \"" + field + "\"";
        return Json.parse(line, source, number, object, parser -> {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw expected(parser, source, number, object);
            }
            String found = null;
            Set<String> names = new TreeSet<>();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                names.add(name);
                JsonToken value = parser.nextToken();
                if (!name.equals(field)) {
                    parser.skipChildren();
                } else if (value == JsonToken.VALUE_STRING) {
                    found = parser.getText();
                } else {
                    throw expected(parser, source, number, "a string at \"" + field + "\"");
                }
            }
            if (found == null) {
                throw Json.error(
                        source,
                        number,
                        parser.currentTokenLocation(),
                        "expected " + object + ", but this one has only " + names);
            }
            return found;
        });
    }

    private static RuntimeException expected(JsonParser parser, String source, int firstLine, String expected)
            throws IOException {
        String what = "expected " + expected + ", but found " + Json.describe(parser);
        return Json.error(source, firstLine, parser.currentTokenLocation(), what);
    }

    /** Writes an array of strings, one per line. */
    static void write(Path file, List<String> texts) {
        AtomicFiles.write(file, out -> {
            try (JsonGenerator generator = Json.factory().createGenerator(out)) {
                generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                generator.writeStartArray();
                for (String text : texts) {
                    generator.writeRaw('\n');
                    generator.writeString(text);
                }
                generator.writeRaw('\n');
                generator.writeEndArray();
            }
        });
    }
}
