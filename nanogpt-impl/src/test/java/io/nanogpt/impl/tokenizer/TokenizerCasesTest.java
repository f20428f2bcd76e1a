package io.nanogpt.impl.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers in the shapes of published ones, with what Hugging Face tokenizers makes of a text. */
class TokenizerCasesTest {
    private static final String TOKENIZERS = "shared/cases/tokenizers";
    private static final String FILES = "shared/cases/files";
    private static final String JSON = "tokenizer.json";

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> hasTheIdsAndTheTextOfHuggingFace() throws IOException {
        try (Stream<Path> cases = Files.list(shared(TOKENIZERS))) {
            List<Path> sorted = cases.sorted().toList();
            return sorted.stream()
                    .map(one -> DynamicTest.dynamicTest(one.getFileName().toString(), () -> check(one)));
        }
    }

    private void check(Path path) throws IOException {
        Tokenizer tokenizer = Tokenizers.load(path.resolve(JSON));
        JsonValue expected = JsonValue.read(path.resolve("expected.json"), "the right values");
        String text = Files.readString(path.resolve("text.txt"));
        int[] ids = tokenizer.encode(text);
        assertThat(ids).isEqualTo(ids(expected.member("ids")));
        assertThat(tokenizer.encode(text, true)).isEqualTo(ids(expected.member("ids_with_special_tokens")));
        assertThat(tokenizer.decode(ids)).isEqualTo(expected.member("decoded").string());
        Tokenizer.IncrementalDecoder decoder = tokenizer.incrementalDecoder();
        StringBuilder decoded = new StringBuilder();
        for (int id : ids) {
            decoded.append(decoder.add(id));
        }
        assertThat(decoded.append(decoder.finish())).hasToString(tokenizer.decode(ids));
        tokenizer.save(folder.resolve(JSON));
        assertThat(Tokenizers.load(folder).encode(text, true)).isEqualTo(tokenizer.encode(text, true));
    }

    @Test
    void addedTokensBesideAVocabularyAreFound() {
        Tokenizer tokenizer = Tokenizers.load(shared(FILES).resolve("added-tokens-json-beside-vocab/tok"));
        assertThat(tokenizer.encode("<|startoftext|>the cat<|endoftext|><|pad|>"))
                .containsExactly(425, 348, 341, 0, 424);
    }

    @Test
    void aVocabularyWithoutEndOfTextIsRead() {
        Tokenizer tokenizer = Tokenizers.load(shared(FILES).resolve("vocab-and-merges-without-endoftext/tok"));
        assertThat(tokenizer.specialTokens()).isEmpty();
        assertThat(tokenizer.encode("the cat")).containsExactly(352, 345);
    }

    private static int[] ids(JsonValue array) {
        return array.elements().stream()
                .mapToInt(id -> (int) id.integer(0, Integer.MAX_VALUE))
                .toArray();
    }

    /** Beside the repository, or above it. */
    private static Path shared(String name) {
        for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
            Path path = above.resolve(name);
            if (Files.isDirectory(path)) {
                return path;
            }
        }
        return Assumptions.abort("skipped: there is no " + name + " beside a folder above this one");
    }
}
