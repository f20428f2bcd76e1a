package io.nanogpt.generate;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.Library;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A JSON schema, for {@link GenerationOptions#withJsonSchema}. Immutable.
 *
 * <pre>{@code
 * JsonSchema schema = JsonSchema.of("""
 *         {"type": "object", "additionalProperties": false, "required": ["name", "age"],
 *          "properties": {"name": {"type": "string", "maxLength": 20}, "age": {"type": "integer", "minimum": 0}}}
 *         """);
 * String person = model.generate("A person: ", GenerationOptions.defaults().withJsonSchema(schema));
 * }</pre>
 *
 * <p>Supported are {@code type}, {@code enum}, {@code const}, {@code anyOf}, {@code allOf} of one schema, {@code $ref}
 * into the same document, also recursive; {@code properties}, {@code required}, {@code additionalProperties} (true or
 * false: no others are written); {@code items}, {@code minItems}, {@code maxItems}; {@code minLength},
 * {@code maxLength}, {@code pattern}; {@code minimum}, {@code maximum}, {@code exclusiveMinimum} and
 * {@code exclusiveMaximum}. Every other keyword that would restrict values is refused. {@code maxItems} and
 * {@code maxLength} above 1,024 count as 1,024; {@code minItems} and {@code minLength} above 1,024 are refused.
 */
public final class JsonSchema {
    private final String json;

    private JsonSchema(String json) {
        this.json = Objects.requireNonNull(json, "json");
    }

    /**
     * Returns a schema.
     *
     * @param json text of draft 2020-12, 2019-09, 7 or 6
     * @throws NanogptException if it is not JSON, or has a keyword or value that is not supported; the message names it
     *     and its place, a JSON pointer
     */
    public static JsonSchema of(String json) {
        JsonSchema schema = new JsonSchema(json);
        Library.get().requireSupported(schema, "the JSON schema");
        return schema;
    }

    /**
     * Reads a schema from a file.
     *
     * @param file JSON in UTF-8
     * @throws NanogptException as {@link #of} does; the message also names the file
     * @throws UncheckedIOException if the file cannot be read
     */
    public static JsonSchema read(Path file) {
        JsonSchema schema;
        try {
            schema = new JsonSchema(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the JSON schema " + file + ": " + e, e);
        }
        Library.get().requireSupported(schema, file.toString());
        return schema;
    }

    /** Returns the text of the schema. */
    public String json() {
        return json;
    }

    /** Whether the other schema has the same text. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonSchema schema && json.equals(schema.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    /** Returns the text of the schema. */
    @Override
    public String toString() {
        return json;
    }
}
