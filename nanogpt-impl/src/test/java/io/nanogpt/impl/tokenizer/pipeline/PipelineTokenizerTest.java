package io.nanogpt.impl.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import io.nanogpt.tokenizer.Tokenizer.SpecialTokenPolicy;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineTokenizerTest {
    /** In the shape of Llama 2: spaces as a visible character, unknown characters as bytes. */
    private static final String LLAMA = ("{'version': '1.0', 'truncation': null, 'padding': null, 'added_tokens':"
                    + " [{'id': 0, 'content': '<unk>', 'single_word': false, 'lstrip': false, 'rstrip': false, 'normalized':"
                    + " false, 'special': true},{'id': 1, 'content': '<s>', 'single_word': false, 'lstrip': false, 'rstrip':"
                    + " false, 'normalized': false, 'special': true}],'normalizer': {'type': 'Sequence', 'normalizers': [{'type':"
                    + " 'Prepend', 'prepend': '_'}, {'type': 'Replace', 'pattern': {'String': ' '}, 'content':"
                    + " '_'}]},'pre_tokenizer': null,'post_processor': {'type': 'TemplateProcessing', 'single': [{'SpecialToken':"
                    + " {'id': '<s>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}, {'SpecialToken': {'id': '</s>',"
                    + " 'type_id': 0}}], 'pair': [], 'special_tokens': {'<s>': {'id': '<s>', 'ids': [1], 'tokens': ['<s>']},"
                    + " '</s>': {'id': '</s>', 'ids': [0], 'tokens': ['</s>']}}},'decoder': {'type': 'Sequence', 'decoders':"
                    + " [{'type': 'Replace', 'pattern': {'String': '_'}, 'content': ' '}, {'type': 'ByteFallback'}, {'type':"
                    + " 'Fuse'}, {'type': 'Strip', 'content': ' ', 'start': 1, 'stop': 0}]},'model': {'type': 'BPE', 'unk_token':"
                    + " '<unk>', 'fuse_unk': true, 'byte_fallback': true, 'vocab': {'<unk>': 0, '<s>': 1, BYTES, '_': 258, 'a':"
                    + " 259, 'b': 260, '_a': 261}, 'merges': ['_ a']}}")
            .replace(
                    "BYTES",
                    IntStream.range(0, 256)
                            .mapToObj(value -> String.format("'<0x%02X>': %d", value, value + 2))
                            .collect(Collectors.joining(", ")))
            .replace('\'', '"');

    @TempDir
    private Path folder;

    private Tokenizer load(String json) throws IOException {
        return Tokenizers.load(Files.writeString(folder.resolve("tokenizer.json"), json));
    }

    @Test
    void specialTokensAreAddedWhereTheyAreAskedFor() throws IOException {
        Tokenizer tokenizer = load(LLAMA);
        assertThat(tokenizer.encode("a b")).containsExactly(261, 258, 260);
        assertThat(tokenizer.encode("a b", false)).containsExactly(261, 258, 260);
        assertThat(tokenizer.encode("a b", true)).containsExactly(1, 261, 258, 260, 0);
        // A prompt that ended with the last token would have nothing to continue.
        assertThat(tokenizer.encodePrompt("a b")).containsExactly(1, 261, 258, 260);
        assertThat(tokenizer.encodePrompt("")).containsExactly(1);
    }

    @Test
    void bytesAreReturnedAsSoonAsTheyAreCharacters() throws IOException {
        Tokenizer tokenizer = load(LLAMA);
        IncrementalDecoder decoder = tokenizer.incrementalDecoder();
        assertThat(decoder.add(261)).isEqualTo("a");
        assertThat(decoder.add('\n' + 2)).isEqualTo("\n");
        assertThat(decoder.add(0xC3 + 2)).isEmpty();
        assertThat(decoder.isPending()).isTrue();
        IncrementalDecoder copy = decoder.copy();
        assertThat(decoder.add(0xA9 + 2)).isEqualTo("\u00E9");
        assertThat(decoder.isPending()).isFalse();
        assertThat(decoder.add(261)).isEqualTo(" a");
        assertThat(decoder.finish()).isEmpty();
        assertThat(copy.finish()).isEqualTo("\uFFFD");
        assertThat(decoder.add(261)).isEqualTo("a");
        assertThat(tokenizer.decode(261, 0xC3 + 2, 'a' + 2)).isEqualTo("a\uFFFD\uFFFD");
    }

    @Test
    void isSavedAsItWasRead() throws IOException {
        String json = LLAMA.replace("\"truncation\": null", "\"truncation\": {\"max_length\": 3}");
        Tokenizer tokenizer = load(json);
        assertThat(tokenizer.notes()).containsExactly("the file asks for truncation, which encoding does not do");
        assertThat(tokenizer.encode("aaaa aaaa", true)).hasSizeGreaterThan(3);
        assertThat(tokenizer.toJson()).isEqualTo(json);
        tokenizer.save(folder.resolve("again.json"));
        assertThat(Files.readString(folder.resolve("again.json"))).isEqualTo(json);
        assertThatThrownBy(() -> tokenizer.save(folder, Format.TIKTOKEN)).hasMessageContaining("TIKTOKEN");
    }

    @Test
    void specialTokensInATextFollowThePolicy() throws IOException {
        Tokenizer tokenizer = load(LLAMA);
        assertThat(tokenizer.specialTokens()).containsEntry("<s>", 1).containsEntry("<unk>", 0);
        assertThat(tokenizer.encode("a<s>a")).containsExactly(261, 1, 261);
        assertThat(tokenizer.encode("<s>", SpecialTokenPolicy.AS_TEXT)).doesNotContain(1);
        assertThatThrownBy(() -> tokenizer.encode("a<s>", SpecialTokenPolicy.REFUSE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("<s> at position 1");
        assertThat(tokenizer.encode("\uD83D")).isEqualTo(tokenizer.encode("\uFFFD"));
        assertThatThrownBy(() -> tokenizer.decode(262)).hasMessageContaining("from 0 to 261");
    }

    @Test
    void streamsTheIdsOfTheWholeText() throws IOException {
        Tokenizer tokenizer = load(LLAMA);
        String text = "a b \u00E9 ".repeat(300);
        int[] ids = new int[10_000];
        int count = 0;
        try (Tokenizer.TokenStream stream =
                tokenizer.stream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 2)) {
            for (int read = stream.read(ids, 0, 100); read > 0; read = stream.read(ids, count, 100)) {
                count += read;
            }
        }
        assertThat(java.util.Arrays.copyOf(ids, count)).isEqualTo(tokenizer.encode(text));
        assertThat(tokenizer.count(text)).isEqualTo(count);
    }

    @Test
    void whatTheVocabularyLacksIsLeftOutOrNamed() throws IOException {
        String plain = LLAMA.replace("\"byte_fallback\": true", "\"byte_fallback\": false");
        assertThat(load(plain).encode("a\u00E9\u00E9b")).containsExactly(261, 0, 260);
        Tokenizer silent = load(plain.replace("\"unk_token\": \"<unk>\"", "\"unk_token\": null"));
        assertThat(silent.encode("a\u00E9b")).containsExactly(261, 260);
        assertThat(silent.notes()).containsExactly("characters that the vocabulary lacks are left out of the ids");
        Tokenizer strict = load(plain.replace("\"unk_token\": \"<unk>\"", "\"unk_token\": \"[UNK]\""));
        assertThatThrownBy(() -> strict.encode("a\u00E9b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"\u00E9\" (U+00E9), which the vocabulary lacks")
                .hasMessageContaining("[UNK]");
        assertThat(strict.canEncode("a\u00E9b")).isFalse();
        assertThat(strict.canEncode("ab")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'type': 'Prepend'; 'type': 'Nmt'; the normalizer Nmt",
                "'Prepend', 'prepend': '_'; 'Precompiled', 'precompiled_charsmap': '!'; table of SentencePiece in base64",
                "'Prepend', 'prepend': '_'; 'Precompiled', 'precompiled_charsmap': 'AQ=='; has 1 bytes",
                "'Prepend', 'prepend': '_'; 'Precompiled', 'precompiled_charsmap': 'CAAAAAAA'; should have 8 bytes",
                "'Prepend', 'prepend': '_'; 'Precompiled', 'precompiled_charsmap': 'BAAAAAAAAAD/'; are not UTF-8",
                "'pre_tokenizer': null; 'pre_tokenizer': {'type': 'UnicodeScripts'}; the pre-tokenizer UnicodeScripts",
                "'type': 'Fuse'; 'type': 'CTC'; the decoder CTC",
                "'type': 'BPE'; 'type': 'XYZ'; a model of type XYZ",
                "'type': 'TemplateProcessing'; 'type': 'Other'; the post-processor Other",
                "'fuse_unk': true; 'dropout': 0.1; BPE dropout",
                "'ids': [1]; 'ids': [262]; a whole number from 0 to 261",
                "{'SpecialToken': {'id': '<s>'; {'SpecialToken': {'id': '<x>'; the special token <x> is none of",
                "{'Sequence': {'id': 'A', 'type_id': 0}}; {'SpecialToken': {'id': '<s>'}}; the text 0 times",
                "{'String': '_'}; {'String': ''}; an empty pattern",
                "{'String': '_'}; {'Regex': '(a'}; a pattern with a group that is not closed",
                "{'String': '_'}; {'Regex': 'a\\\\K'}; a pattern with the escape \\K",
                "{'String': '_'}; {'Regex': '[[:x:]]'}; a pattern with a class [: that is not one of",
                "'content': ' ', 'start'; 'content': '', 'start'; expected one character",
                "'id': 1, 'content': '<s>'; 'id': 7, 'content': '<s>'; has the id 7, but in the vocabulary it is 1",
                "'id': 1, 'content': '<s>'; 'id': 99999, 'content': '<z>'; there are only 262 tokens",
                "'_ a'; '_ z'; this merge needs the token \"z\"",
                "'_ a'; 'a'; expected a merge of two tokens",
                "'_a': 261; '_a': 260; stands for two tokens",
            })
    void refusesByName(String part, String replacement, String message) {
        String old = part.replace('\'', '"');
        assertThat(LLAMA).contains(old);
        assertThatThrownBy(() -> load(LLAMA.replace(old, replacement.replace('\'', '"'))))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("tokenizer.json, line 1, column")
                .hasMessageContaining(message);
    }
}
