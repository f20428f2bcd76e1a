package io.nanogpt.impl.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small file of every kind of tokenizer that this library trains, with texts and their ids. The same cases hold the
 * page of the explorer, which encodes in the browser, to them.
 */
@Tag("any-jdk")
class TokenizerKindsTest {
    @TempDir
    private Path folder;

    @Test
    void idsAndTextsAreThoseOfTheCases() throws IOException {
        List<JsonValue> kinds = kinds().elements();
        assertThat(kinds).hasSize(7);
        for (JsonValue kind : kinds) {
            Path file = Files.writeString(
                    folder.resolve("tokenizer.json"), kind.member("tokenizer").json());
            Tokenizer tokenizer = Tokenizers.load(file);
            for (JsonValue each : kind.member("cases").elements()) {
                String text = each.member("text").string();
                String name = kind.member("kind").string() + ": " + text;
                JsonValue ids = each.member("ids");
                if (ids.isNull()) {
                    assertThatThrownBy(() -> tokenizer.encode(text))
                            .as(name)
                            .isInstanceOf(IllegalArgumentException.class);
                } else {
                    int[] expected = ids.elements().stream()
                            .mapToInt(id -> (int) id.integer(0, Integer.MAX_VALUE))
                            .toArray();
                    assertThat(tokenizer.encode(text)).as(name).isEqualTo(expected);
                    assertThat(tokenizer.decode(expected))
                            .as(name)
                            .isEqualTo(each.member("decoded").string());
                }
            }
        }
    }

    private static JsonValue kinds() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                TokenizerKindsTest.class.getResourceAsStream("/tokenizer/kinds.json"), "kinds")) {
            return JsonValue.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "kinds.json", "cases");
        }
    }
}
