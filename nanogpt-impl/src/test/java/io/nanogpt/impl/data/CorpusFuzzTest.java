package io.nanogpt.impl.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts to train on, in every format; the first byte selects the format. */
class CorpusFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(
                        "0[\"a text\", \"another \\u00e4 \\ud83d\\ude00\"]",
                        "1{\"text\": \"a\"}\n{\"text\": \"b\", \"more\": [1, {\"x\": null}]}\n",
                        "2text,more\n\"a, \"\"quoted\"\"\nline\",1\nplain,2\n",
                        "3plain text \u00e4\n",
                        "4[{\"text\": \"a\", \"n\": NaN}, {\"text\": \"b\"}]",
                        "5id\ttext\n1\t\"two\nlines\"\n2\tsaid \"no\"\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        if (content.length == 0) {
            return;
        }
        byte[] text = Arrays.copyOfRange(content, 1, content.length);
        FileCorpusReader reader = new FileCorpusReader();
        switch (content[0] & 7) {
            case 0 -> Untrusted.read("a.json", text, reader::json);
            case 1 -> Untrusted.read("a.jsonl", text, path -> reader.jsonLines(path, "text"));
            case 2 -> Untrusted.read("a.csv", text, path -> reader.csv(path, "text"));
            case 4 -> Untrusted.read("b.json", text, path -> reader.json(path, "text"));
            case 5 -> Untrusted.read("a.tsv", text, path -> reader.tsv(path, "text"));
            default -> Untrusted.read("a.txt", text, reader::text);
        }
    }
}
