package io.nanogpt.impl.tokenizer.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class Gpt2FolderFuzzTest {
    private static final String[] SIDE = {"added_tokens.json", "special_tokens_map.json", "tokenizer_config.json"};

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "{\"<x>\": 300}\0{\"bos_token\": \"<x>\", \"pad_token\": {\"content\": \"y\", \"lstrip\":"
                                + " true}}\0{\"tokenizer_class\": \"GPT2Tokenizer\", \"add_bos_token\": true,"
                                + " \"add_prefix_space\": true}",
                        "{}\0{\"additional_special_tokens\": [\"z\"]}\0{\"tokenizer_class\": \"Qwen2Tokenizer\","
                                + " \"added_tokens_decoder\": {\"266\": {\"content\": \"<p>\", \"special\": true}}}")
                .map(text -> text.getBytes(UTF_8));
    }

    /** The three files in one input, with bytes of zero between them. */
    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        String[] both = new String(SavedTokenizers.gpt2(), UTF_8).split("\0", 2);
        String[] files = new String(content, UTF_8).split("\0", 3);
        Path vocabulary = Untrusted.write(Gpt2Files.VOCABULARY, both[0].getBytes(UTF_8));
        Untrusted.write(Gpt2Files.MERGES, both[1].getBytes(UTF_8));
        for (int i = 0; i < SIDE.length; i++) {
            Untrusted.write(SIDE[i], (i < files.length ? files[i] : "{}").getBytes(UTF_8));
        }
        Path folder = Objects.requireNonNull(vocabulary.getParent());
        Untrusted.read("unused", content, file -> Gpt2Folder.read(folder));
    }
}
