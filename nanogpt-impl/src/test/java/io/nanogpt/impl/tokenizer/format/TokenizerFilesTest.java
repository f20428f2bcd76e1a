package io.nanogpt.impl.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TokenizerFilesTest {
    private static final String TEXT = "A \"quoted\" \\ text\n\t\u0001\u2028 5 µm \uD83D\uDE00 <unk>";

    /** As {@link TokenizerFiles} writes it, with another order of ids. */
    private static final String VALID = "{'version': '1.0', 'truncation': null, 'padding': null, 'added_tokens': [],"
            + "'normalizer': null, 'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': '[\\\\s\\\\S]'},"
            + "'behavior': 'Isolated', 'invert': false}, 'post_processor': null, 'decoder': {'type': 'Fuse'},"
            + "'model': {'type': 'WordLevel', 'unk_token': '[UNK]', 'vocab': {'b': 0, '[UNK]': 1, 'a': 2}}}";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(UnknownCharacters.class)
    void loadsWhatItSaved(UnknownCharacters policy) {
        CharacterTokenizer saved = CharacterTokenizer.train(TEXT, policy);
        Path file = folder.resolve("model/tokenizer.json");
        saved.save(file);
        CharacterTokenizer loaded = (CharacterTokenizer) TokenizerFiles.load(file);

        assertThat(loaded.unknownCharacters()).isEqualTo(policy);
        assertThat(loaded.vocabularySize()).isEqualTo(saved.vocabularySize());
        assertThat(loaded.encode(TEXT)).isEqualTo(saved.encode(TEXT));
        assertThat(loaded.decode(loaded.encode(TEXT))).isEqualTo(TEXT);
        if (policy != UnknownCharacters.ERROR) {
            assertThat(loaded.encode("A%A")).isEqualTo(saved.encode("A%A"));
        }
    }

    @Test
    void keepsTheIdsAndTheUnknownTokenOfAFile() throws IOException {
        Tokenizer tokenizer = load(VALID);
        assertThat(tokenizer.encode("ab?")).containsExactly(2, 0, 1);
        assertThat(tokenizer.decode(2, 0, 1)).isEqualTo("ab[UNK]");
        tokenizer.save(folder.resolve("again.json"));
        Tokenizer again = TokenizerFiles.load(folder.resolve("again.json"));
        assertThat(again.decode(2, 0, 1)).isEqualTo("ab[UNK]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'a': 2                 | 'a': 1                 | the id 1 stands for two tokens",
                "'a': 2                 | 'a': '2'               | but found the string \"2\"",
                "'a': 2                 | 'a': 2.0               | but found the number 2.0",
                "'a': 2                 | 'b': 2                 | Duplicate",
                "'vocab': {'b': 0, '[UNK]': 1, 'a': 2} | 'vocab': {} | the vocabulary is empty",
                "'vocab': {'b': 0, '[UNK]': 1, 'a': 2} | 'vocab': [] | expected an object, but found an array",
                "WordLevel              | Unigram                | unk_token: unknown",
                "'added_tokens': []     | 'added_tokens': [{'id': 0}]   | expected a member \"content\"",
                "'version'              | 'colour'               | colour: unknown",
                "{'version'             | [                      | tokenizer.json, line 1, column",
            })
    void refusesWhatItCannotRead(String part, String replacement, String message) {
        assertThat(VALID).contains(part);
        assertThatThrownBy(() -> load(VALID.replace(part, replacement)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("tokenizer.json, line 1, column")
                .hasMessageContaining(message);
    }

    private Tokenizer load(String json) throws IOException {
        return TokenizerFiles.load(Files.writeString(folder.resolve("tokenizer.json"), json.replace('\'', '"')));
    }
}
