package io.nanogpt.impl.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Streaming JSON parsing with errors that name the source, line and column. */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names of equal hashes end the sharing of names, not the reading.
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // The text is in memory already, so string lengths need no limit; depth stays bounded.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /** The factory shared by all readers and writers. */
    public static JsonFactory factory() {
        return FACTORY;
    }

    /** Reads one document from a parser. */
    @FunctionalInterface
    public interface Reading<T> {
        /** Reads from a parser positioned before the first token; must consume the whole document. */
        T read(JsonParser parser) throws IOException;
    }

    /**
     * Parses a text.
     *
     * @param text one JSON document
     * @param source where it comes from, for messages
     * @param firstLine line of the source at which the text begins, from 1
     * @param expected what the document should be, for messages
     * @throws NanogptException if it is not JSON, or has tokens that {@code reading} did not consume
     */
    public static <T> T parse(String text, String source, int firstLine, String expected, Reading<T> reading) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            try {
                T result = reading.read(parser);
                if (parser.nextToken() != null) {
                    String found = "expected nothing more, but found " + describe(parser);
                    throw error(source, firstLine, parser.currentTokenLocation(), found);
                }
                return result;
            } catch (JsonProcessingException e) {
                throw broken(e, parser, source, firstLine, expected);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + source + ": " + e.getMessage(), e);
        }
    }

    private static NanogptException broken(
            JsonProcessingException cause, JsonParser parser, String source, int firstLine, String expected) {
        String message = cause.getOriginalMessage();
        String what = "broken JSON: " + (message == null ? cause.getClass().getSimpleName() : firstLineOf(message));
        JsonLocation location = cause.getLocation() == null ? parser.currentLocation() : cause.getLocation();
        NanogptException error = error(source, firstLine, location, what + "; expected " + expected);
        error.initCause(cause);
        return error;
    }

    /** An exception that names a location. */
    public static NanogptException error(String source, int firstLine, JsonLocation location, String what) {
        return error(source, location.getLineNr() + firstLine - 1, location.getColumnNr(), what);
    }

    static NanogptException error(String source, int line, int column, String what) {
        return new NanogptException(source + ", line " + line + ", column " + column + ": " + what);
    }

    /** Describes the current token, for "but found ...". */
    public static String describe(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "the end";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case END_OBJECT -> "the end of an object";
            case END_ARRAY -> "the end of an array";
            case FIELD_NAME -> "the name \"" + shortened(parser.currentName()) + "\"";
            case VALUE_STRING -> "the string \"" + shortened(parser.getText()) + "\"";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + shortened(parser.getText());
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> parser.getText();
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> token.toString();
        };
    }

    /** A text as a JSON string, with quotes. */
    public static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /** The beginning of a text, for messages. */
    static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    /** The first line of a message, without Jackson's own description of the source. */
    private static String firstLineOf(String message) {
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        int marker = line.indexOf(" (start marker at [Source:");
        return marker < 0 ? line : line.substring(0, marker);
    }
}
