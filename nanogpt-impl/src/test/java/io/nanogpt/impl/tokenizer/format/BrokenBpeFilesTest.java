package io.nanogpt.impl.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.tokenizer.PeersTest;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokenBpeFilesTest {
    @TempDir
    private Path folder;

    private String valid = "";

    @BeforeEach
    void readAFileThatIsWhole() throws IOException {
        // On one line, so that parts of it can be found.
        valid = Files.readString(PeersTest.resource("llama3.json"))
                .replaceAll("\\n\\s*", "")
                .replaceAll("\": (?=[\\[{\"\\dnft])", "\":");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'normalizer':null; 'normalizer':{'type':'Nmt'}; uses the normalizer Nmt",
                "'post_processor':null; 'post_processor':{'type':'Other'}; the post-processor Other",
                "'behavior':'Isolated'; 'behavior':'Merged'; the behavior Merged",
                "N}{1,3}; N}{1,3}\\\\p{Emoji}; a pattern with the property \\p{Emoji}",
                "'dropout':null; 'dropout':0.1; BPE dropout",
                "'type':'BPE'; 'type':'Unigram'; unknown; expected one of",
                "'type':'Split'; 'type':'FixedLength'; the pre-tokenizer FixedLength",
                "'id':0,'content'; 'id':7,'content'; this token is an added token too, with the other id 7",
                "'id':0,'content':'<; 'id':99999,'content':'<<; has the id 99999, but there are only",
                "N}{1,3}; N}{1,3}\\\\K; a pattern with the escape \\K",
                "'!':1,; '!':2,; stands for two tokens",
                "'!':1,; '!':-1,; a whole number from 0",
                "'!':1,; '!':99999999,; a whole number from 0",
                "'merges':[; 'merges':[['q','q'],; which is not in the vocabulary",
                "'merges':[; 'merges':['q',; expected a merge of two tokens",
                "'merges':[; 'merges':['c e l',; expected a merge of two tokens",
                "'merges':[; 'merges':[7,; expected a string, but found the number 7",
                "'model':{; 'model':7,'x':{; line 1, column",
                "{'version'; {{'version'; line 1, column",
            })
    void refusesByName(String part, String replacement, String message) throws IOException {
        String old = part.replace('\'', '"');
        assertThat(valid).contains(old);
        assertThatThrownBy(() -> load(valid.replace(old, replacement.replace('\'', '"'))))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("tokenizer.json, line 1, column")
                .hasMessageContaining(message);
    }

    @Test
    void refusesARepeatedPairAndTruncatedFiles() throws IOException {
        int first = valid.indexOf("\"merges\":[") + 10;
        String pair = valid.substring(first, valid.indexOf(']', first) + 1);
        assertThatThrownBy(() -> load(valid.replace(pair, pair + "," + pair))).hasMessageContaining("occurs twice");
        for (int length = 0; length < valid.length(); length += 997) {
            int end = length;
            assertThatThrownBy(() -> load(valid.substring(0, end))).isInstanceOf(NanogptException.class);
        }
    }

    @Test
    void refusesBrokenRankFiles() throws IOException {
        Path ranks = folder.resolve("ranks.tiktoken");
        Tokenizers.load(PeersTest.resource("gpt2.json")).save(ranks, Format.TIKTOKEN);
        String whole = Files.readString(ranks);
        assertThat(whole).startsWith("IQ== 1\n");
        assertThatThrownBy(() -> Tokenizers.load(ranks)).hasMessageContaining("Tokenizers.loadTiktoken");
        checkRanks(ranks, whole.replace("IQ== 1\n", "IQ==\n"), "line 1: expected a token in base64");
        checkRanks(ranks, whole.replace("IQ== 1\n", "I*== 1\n"), "line 1: expected a token in base64");
        checkRanks(ranks, whole.replace("IQ== 1\n", "IQ== -1\n"), "and a rank below");
        checkRanks(ranks, whole.replace("IQ== 1\n", "IQ== 2000000000\n"), "and a rank below");
        checkRanks(ranks, whole.replace("IQ== 1\n", "IQ== 2\n"), "line 2: the rank 2 stands for two tokens");
        checkRanks(ranks, whole + "IQ== 420\n", "the ids 1 and 420 stand for the same token, \"!\"");
        checkRanks(ranks, whole.replace("IQ== 1\n", ""), "lacks 1 of the 256 single bytes, the first of them 0x21");
        Files.writeString(ranks, whole);
        assertThatThrownBy(() -> Tokenizers.loadTiktoken(ranks, SplitPattern.GPT2, Map.of("<x>", 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is that of another token");
    }

    private static void checkRanks(Path file, String content, String message) throws IOException {
        Files.writeString(file, content);
        assertThatThrownBy(() -> Tokenizers.loadTiktoken(file, SplitPattern.GPT2, Map.of()))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("ranks.tiktoken")
                .hasMessageContaining(message);
    }

    @Test
    void refusesFilesOfGpt2ThatDoNotFit() throws IOException {
        assertThatThrownBy(() -> Tokenizers.load(folder)).hasMessageContaining("holds no tokenizer");
        Tokenizers.load(PeersTest.resource("gpt2.json")).save(folder, Format.GPT2);
        Path vocabulary = folder.resolve("vocab.json");
        Path merges = folder.resolve("merges.txt");
        assertThatThrownBy(() -> Tokenizers.loadGpt2(vocabulary, merges, SplitPattern.GPT2, List.of("<pad>")))
                .hasMessageContaining("the special token <pad> is not in the vocabulary");
        Files.writeString(merges, Files.readString(merges) + "q z\n");
        assertThatThrownBy(() -> Tokenizers.load(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("merges.txt, line 165")
                .hasMessageContaining("\"qz\"");
    }

    @Test
    void refusesFormsThatCannotHoldATokenizer() throws IOException {
        Tokenizer characters = CharacterTokenizer.train("abc", UnknownCharacters.ERROR);
        assertThatThrownBy(() -> characters.save(folder, Format.TIKTOKEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only byte-level BPE");
        String swapped = valid.replace("\"!\":1", "\"!\":\"x\"");
        assertThatThrownBy(() -> load(swapped)).hasMessageContaining("a whole number");
    }

    private void load(String json) throws IOException {
        TokenizerFiles.load(Files.writeString(folder.resolve("tokenizer.json"), json));
    }
}
