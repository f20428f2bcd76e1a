package io.nanogpt.impl.jsonschema;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.NanogptException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes JSON schemas: each is refused with a message, or the value that closes soonest is complete in time. */
class JsonSchemaFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(
                        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"string\",\"null\"],\"minLength\":2,\"maxLength\":9}},\"required\":[\"a\"]}",
                        "{\"$defs\":{\"x\":{\"anyOf\":[{\"const\":1},{\"$ref\":\"#/$defs/x\"}]}},\"$ref\":\"#/$defs/x\"}",
                        "{\"type\":\"array\",\"items\":{\"enum\":[\"a\",1,null]},\"minItems\":1,\"maxItems\":30}",
                        "{\"type\":\"string\",\"pattern\":\"^[a-z]+\\\\s{2,3}(x|\\\\d)$\"}",
                        "{\"type\":\"string\",\"pattern\":\"^[b-a]$\"}",
                        "{\"type\":\"number\",\"minimum\":-1.5,\"exclusiveMaximum\":1e2}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "2s")
    void closes(byte[] content) {
        AllowedTokens allowed;
        try {
            allowed = new AllowedTokens(new String(content, StandardCharsets.UTF_8), "fuzz", Vocabulary.ofBytes());
        } catch (NanogptException expected) {
            if (!String.valueOf(expected.getMessage()).startsWith("fuzz")) {
                throw new AssertionError("an error without its source", expected);
            }
            return;
        }
        AllowedTokens.Position position = allowed.start();
        for (int left = Math.min(allowed.fewestTokens(), 2_000); left > 0 && !position.isComplete(); left--) {
            int id = allowed.after(position, position.fewestTokens()).nextSetBit(0);
            position = allowed.add(position, id);
        }
        if (!position.isComplete() && allowed.fewestTokens() <= 2_000) {
            throw new AssertionError("the shortest value is not complete");
        }
    }
}
