package io.nanogpt.impl.data;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Texts in JSON: an array of strings or of objects, or one object per line (JSON Lines). */
final class JsonTexts {
    private static final String ARRAY = "a JSON array of strings";

    /** In fields that are not read, Python writes such numbers. */
    private static final JsonParser.Feature NOT_A_NUMBER = JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature();

    private JsonTexts() {}

    static List<String> array(Path file) {
        String source = file.toString();
        return Json.parse(CorpusText.read(file), source, 1, ARRAY, parser -> {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw expected(parser, source, 1, ARRAY);
            }
            List<String> texts = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    throw expected(parser, source, 1, "a string in " + ARRAY + " (of objects, give the field to read)");
                }
                if (parser.currentToken() != JsonToken.VALUE_STRING) {
                    throw expected(parser, source, 1, "a string in " + ARRAY);
                }
                texts.add(text(parser, source, 1));
            }
            return texts;
        });
    }

    /** The texts of an array of objects; an object a line is read too, whatever the name of the file. */
    static List<String> objects(Path file, String field) {
        String content = CorpusText.read(file);
        String source = file.toString();
        if (content.stripLeading().startsWith("{")) {
            return lines(content, source, field);
        }
        String array = "a JSON array of objects with the string \"" + field + "\"";
        return Json.parse(content, source, 1, array, parser -> {
            parser.enable(NOT_A_NUMBER);
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw expected(parser, source, 1, array);
            }
            List<String> texts = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                texts.add(member(parser, source, 1, field));
            }
            return texts;
        });
    }

    /** Parses every line by itself, so that errors name the broken line, not the one where the parser gave up. */
    static List<String> lines(Path file, String field) {
        return lines(CorpusText.read(file), file.toString(), field);
    }

    private static List<String> lines(String text, String source, String field) {
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
        return Json.parse(line, source, number, object(field), parser -> {
            parser.enable(NOT_A_NUMBER);
            parser.nextToken();
            return member(parser, source, number, field);
        });
    }

    private static String object(String field) {
        return "an object with the string \"" + field + "\"";
    }

    /** The text at a field of the object at which a parser is. */
    private static String member(JsonParser parser, String source, int firstLine, String field) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw expected(parser, source, firstLine, object(field));
        }
        String found = null;
        Set<String> names = new TreeSet<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            names.add(name);
            JsonToken value = parser.nextToken();
            if (!name.equals(field)) {
                parser.skipChildren();
            } else if (value == JsonToken.VALUE_STRING) {
                found = text(parser, source, firstLine);
            } else {
                throw expected(parser, source, firstLine, "a string at \"" + field + "\"");
            }
        }
        if (found == null) {
            throw Json.error(
                    source,
                    firstLine,
                    parser.currentTokenLocation(),
                    "expected " + object(field) + ", but this one has only " + names);
        }
        return found;
    }

    /** The string at which a parser is, which must be Unicode. */
    private static String text(JsonParser parser, String source, int firstLine) throws IOException {
        String text = parser.getText();
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                String half = String.format(Locale.ROOT, "\\u%04x", codePoint);
                throw Json.error(
                        source,
                        firstLine,
                        parser.currentTokenLocation(),
                        "this text has " + half + " at position " + at + " (counted from 0), half of a surrogate pair,"
                                + " which is no character; write the pair, or leave it out");
            }
            at += Character.charCount(codePoint);
        }
        return text;
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
