package io.nanogpt.impl.data;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Metadata of a token file, stored beside it in {@code NAME.json}.
 *
 * @param dtype of the ids
 * @param count number of ids
 * @param vocabularySize of the tokenizer; every id is below it
 * @param tokenizer SHA-256 of the tokenizer's file, in hexadecimal digits
 */
record TokenFileMetadata(TokenDtype dtype, long count, int vocabularySize, String tokenizer) {
    private static final String DTYPE = "dtype";
    private static final String COUNT = "count";
    private static final String VOCABULARY = "vocabularySize";
    private static final String TOKENIZER = "tokenizer";

    /** The path of a token file's metadata file. */
    static Path path(Path tokens) {
        return tokens.resolveSibling(tokens.getFileName() + ".json");
    }

    /** Reads the metadata file of a token file, if there is one. */
    static Optional<TokenFileMetadata> read(Path tokens) {
        Path file = path(tokens);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonValue root = JsonValue.read(file, "the metadata of a token file");
        root.allowOnly(Set.of(DTYPE, COUNT, VOCABULARY, TOKENIZER));
        return Optional.of(new TokenFileMetadata(
                dtype(root.member(DTYPE)),
                root.member(COUNT).integer(0, Long.MAX_VALUE),
                (int) root.member(VOCABULARY).integer(1, Integer.MAX_VALUE),
                root.member(TOKENIZER).string()));
    }

    private static TokenDtype dtype(JsonValue value) {
        for (TokenDtype dtype : TokenDtype.values()) {
            if (dtype.toString().equals(value.string())) {
                return dtype;
            }
        }
        throw value.error("expected \"uint16\" or \"int32\", but found \"" + value.string() + "\"");
    }

    void write(Path tokens) {
        AtomicFiles.write(path(tokens), out -> {
            try (JsonGenerator json = Json.factory().createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.useDefaultPrettyPrinter();
                json.writeStartObject();
                json.writeStringField(DTYPE, dtype.toString());
                json.writeNumberField(COUNT, count);
                json.writeNumberField(VOCABULARY, vocabularySize);
                json.writeStringField(TOKENIZER, tokenizer);
                json.writeEndObject();
            }
        });
    }
}
