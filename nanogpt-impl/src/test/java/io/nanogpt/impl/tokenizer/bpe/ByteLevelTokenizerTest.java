package io.nanogpt.impl.tokenizer.bpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.tokenizer.RandomTexts;
import io.nanogpt.impl.tokenizer.pretokenize.Splitter;
import io.nanogpt.impl.tokenizer.pretokenize.SplitterTest;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import io.nanogpt.tokenizer.CompressionReport;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import io.nanogpt.tokenizer.Tokenizer.SpecialTokenPolicy;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.BpeTrainingListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("any-jdk")
class ByteLevelTokenizerTest {
    private static final String END = "<|endoftext|>";

    /** Words that repeat, with other things between them. */
    private static final String TEXT = text();

    @TempDir
    private Path folder;

    private static String text() {
        Random random = new Random(3);
        String[] words = {
            "the",
            " tumour",
            " cells",
            " show",
            " aaaaaaa",
            " nuclei",
            " and",
            " h\u00E9matoxyline",
            "\n",
            " \u4E2D\u6587\u5B57",
            "ababab",
            " 2024",
            "don't",
            "..."
        };
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            int word = (int) Math.abs(random.nextGaussian() * 4);
            text.append(
                    word < words.length
                            ? words[word]
                            : RandomTexts.of(random, 3).replace("<", ""));
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(TieRule.class)
    void learnsTheMergesOfTheDefinition(TieRule ties) {
        for (SplitPattern pattern : List.of(SplitPattern.GPT2, SplitPattern.O200K, new SplitPattern("\\S+|\\s+"))) {
            ByteLevelTokenizer trained = (ByteLevelTokenizer) Tokenizers.byteLevelBpe()
                    .vocabularySize(456)
                    .pattern(pattern)
                    .ties(ties)
                    .train(Corpus.ofText(TEXT));
            assertThat(merges(trained)).isEqualTo(NaiveBpe.train(TEXT, pattern, ties, 200));
        }
    }

    @Test
    void countsManyLongPretokens() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            text.append(" longerThanSixteenBytes").append((char) ('a' + i % 26)).append((char) ('a' + i / 26 % 26));
        }
        ByteLevelTokenizer trained = (ByteLevelTokenizer)
                Tokenizers.byteLevelBpe().vocabularySize(290).train(Corpus.ofText(text.toString()));
        assertThat(merges(trained)).isEqualTo(NaiveBpe.train(text.toString(), SplitPattern.GPT2, TieRule.CS336, 34));
    }

    @Test
    void mergesUntilNothingIsLeft() {
        Tokenizer trained = Tokenizers.byteLevelBpe().vocabularySize(1000).train(Corpus.ofText("aaaaaaaa b"));
        assertThat(trained.vocabularySize()).isEqualTo(256 + 4);
        assertThat(trained.encode("aaaaaaaa b")).hasSize(2);
        assertThat(Tokenizers.byteLevelBpe()
                        .minimumFrequency(2)
                        .train(Corpus.ofText("abc abd"))
                        .vocabularySize())
                .isEqualTo(257);
    }

    @Test
    void encodesAsTheDefinitionSays() {
        ByteLevelTokenizer trained = trained();
        List<NaiveBpe.Pair> merges = merges(trained);
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            String text = i % 2 == 0
                    ? RandomTexts.of(random, 1 + random.nextInt(30)).replace(END, "")
                    : TEXT.substring(random.nextInt(TEXT.length() - 300), TEXT.length() - 200);
            text = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            List<String> expected = new ArrayList<>();
            for (String piece : SplitterTest.pieces(Splitter.of(SplitPattern.GPT2), text)) {
                expected.addAll(NaiveBpe.encode(piece, merges));
            }
            int[] ids = trained.encode(text);
            assertThat(Arrays.stream(ids).mapToObj(id -> latin1(trained, id))).isEqualTo(expected);
            assertThat(trained.decode(ids)).isEqualTo(text);
            assertThat(trained.count(text)).isEqualTo(ids.length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 64, 65, 66, 1000, 5001})
    void encodesLongPretokensAsTheDefinitionSays(int length) {
        ByteLevelTokenizer trained = trained();
        Random random = new Random(length);
        StringBuilder word = new StringBuilder("a".repeat(length / 2));
        random.ints(length - length / 2, 0, 3).forEach(i -> word.append("ath".charAt(i)));
        List<String> expected = NaiveBpe.encode(word.toString(), merges(trained));
        assertThat(Arrays.stream(trained.encode(word.toString())).mapToObj(id -> latin1(trained, id)))
                .isEqualTo(expected);
    }

    @Test
    void aStreamHasTheIdsOfTheWholeWhateverItHandsOut() {
        ByteLevelTokenizer trained = trained();
        String text = (TEXT + END).repeat(40) + " the end";
        int[] whole = trained.encode(text);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int threads = 1; threads <= 3; threads++) {
            assertThat(readAll(trained.stream(new StutteringStream(bytes), threads)))
                    .isEqualTo(whole);
        }
        InputStream marked = new SequenceInputStream(
                new ByteArrayInputStream(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}),
                new StutteringStream(bytes));
        assertThat(readAll(trained.stream(marked, 1))).isEqualTo(whole);
        assertThat(readAll(trained.stream(InputStream.nullInputStream(), 2))).isEmpty();
    }

    @Test
    void refusesAStreamThatIsNotUtf8() {
        ByteLevelTokenizer trained = trained();
        byte[] broken = (TEXT + "\u00E9").getBytes(StandardCharsets.UTF_8);
        int end = broken.length - 1;
        for (int threads = 1; threads <= 2; threads++) {
            try (TokenStream cut = trained.stream(new ByteArrayInputStream(broken, 0, end), threads)) {
                assertThatThrownBy(() -> readAll(cut))
                        .isInstanceOf(NanogptException.class)
                        .hasMessageContaining("not UTF-8")
                        .hasMessageContaining("offset " + (end - 1));
            }
        }
    }

    @Test
    void halvesOfSurrogatePairsBecomeReplacementCharacters() {
        ByteLevelTokenizer trained = trained();
        for (String text : List.of("a\uD800b", "\uDC00", "x\uD83D", "\uDC00\uD800")) {
            String replaced = text.replaceAll("[\uD800-\uDFFF]", "\uFFFD");
            assertThat(trained.encode(text)).isEqualTo(trained.encode(replaced));
        }
    }

    @Test
    void specialTokensAreNeverMergedAndTheLongestOfOverlappingOnesWins() {
        Tokenizer trained = Tokenizers.byteLevelBpe()
                .vocabularySize(300)
                .specialTokens(END, END + END, "<|a b|>")
                .train(Corpus.ofText((END + "the").repeat(50)));
        assertThat(trained.specialTokens()).isEqualTo(Map.of(END, 0, END + END, 1, "<|a b|>", 2));
        assertThat(trained.encode(END + END + END + "the<|a b|> the" + END))
                .startsWith(1, 0)
                .endsWith(0)
                .contains(2)
                .hasSizeLessThan(11);
        assertThat(trained.decode(0, 2, 1)).isEqualTo(END + "<|a b|>" + END + END);
        assertThat(trained.encode(END, SpecialTokenPolicy.AS_TEXT)).hasSize(END.length());
        assertThat(trained.decode(trained.encode("x" + END, SpecialTokenPolicy.AS_TEXT)))
                .isEqualTo("x" + END);
        assertThatThrownBy(() -> trained.encode("ab" + END, SpecialTokenPolicy.REFUSE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(END)
                .hasMessageContaining("position 2");
        assertThat(trained.encode("plain", SpecialTokenPolicy.REFUSE)).isEqualTo(trained.encode("plain"));
    }

    @Test
    void blocksAreNotCutInSpecialTokensThatHaveSpaces() {
        Tokenizer trained = Tokenizers.byteLevelBpe()
                .vocabularySize(260)
                .specialTokens("<|a b c d e f g h i j k l m n o p q r s t u v w x y z|>")
                .train(Corpus.ofText("abc"));
        String text = "<|a b c d e f g h i j k l m n o p q r s t u v w x y z|>".repeat(60_000);
        assertThat(trained.encode(text)).hasSize(60_000).containsOnly(0);
    }

    @Test
    void theResultDoesNotDependOnThreadsNorOnFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("text"), TEXT.repeat(60));
        List<Path> saved = new ArrayList<>();
        for (int threads = 1; threads <= 3; threads++) {
            Path path = folder.resolve(threads + ".json");
            Tokenizers.byteLevelBpe()
                    .vocabularySize(500)
                    .specialTokens(END)
                    .threads(threads)
                    .train(file)
                    .save(path);
            saved.add(path);
        }
        Path inMemory = folder.resolve("memory.json");
        Tokenizers.byteLevelBpe()
                .vocabularySize(500)
                .specialTokens(END)
                .train(Corpus.ofFiles(file))
                .save(inMemory);
        for (Path path : saved) {
            assertThat(path).hasSameTextualContentAs(inMemory);
        }
    }

    @Test
    void recordsOfACorpusAreReadWithTheirSeparators() {
        Corpus corpus = Corpus.ofStrings(List.of("ab", "", "cd")).withSeparator("xx");
        Tokenizer trained = Tokenizers.byteLevelBpe().train(corpus);
        assertThat(trained.encode("abxxxxcd")).hasSize(1);
    }

    @Test
    void listensToTheTraining() {
        List<Long> counted = new ArrayList<>();
        List<Integer> merged = new ArrayList<>();
        Tokenizers.byteLevelBpe()
                .vocabularySize(260)
                .listener(new BpeTrainingListener() {
                    @Override
                    public void counted(long bytes) {
                        counted.add(bytes);
                    }

                    @Override
                    public void merged(int merges, int expected) {
                        assertThat(expected).isEqualTo(4);
                        merged.add(merges);
                    }
                })
                .train(Corpus.ofText(TEXT));
        assertThat(counted).containsExactly((long) TEXT.getBytes(StandardCharsets.UTF_8).length);
        assertThat(merged).containsExactly(1, 2, 3, 4);
    }

    @Test
    void decodesOneByOneWhatItDecodesAtOnce() {
        ByteLevelTokenizer trained = trained();
        Random random = new Random(9);
        for (int i = 0; i < 300; i++) {
            int[] ids = random.ints(1 + random.nextInt(12), 0, trained.vocabularySize())
                    .toArray();
            StringBuilder text = new StringBuilder();
            IncrementalDecoder decoder = trained.incrementalDecoder();
            Arrays.stream(ids).forEach(id -> text.append(decoder.add(id)));
            assertThat(text.append(decoder.finish())).asString().isEqualTo(trained.decode(ids));
        }
        IncrementalDecoder decoder = trained.incrementalDecoder();
        List<String> parts = Arrays.stream(trained.encode("\uD83D\uDE00", SpecialTokenPolicy.ALLOW))
                .mapToObj(decoder::add)
                .toList();
        assertThat(parts)
                .endsWith("\uD83D\uDE00")
                .filteredOn(part -> !part.isEmpty())
                .hasSize(1);
    }

    @Test
    void refusesUnknownIds() {
        ByteLevelTokenizer trained = trained();
        int size = trained.vocabularySize();
        assertThatThrownBy(() -> trained.decode(0, size)).hasMessageContaining("from 0 to " + (size - 1));
        assertThatThrownBy(() -> trained.incrementalDecoder().add(-1)).hasMessageContaining("one is -1");
        assertThat(trained.decodeBytes(trained.encode("h\u00E9")))
                .isEqualTo("h\u00E9".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void encodesManyTextsOnThreads() {
        ByteLevelTokenizer trained = trained();
        List<String> lines = TEXT.lines().toList();
        List<int[]> expected = lines.stream().map(trained::encode).toList();
        List<int[]> ids = trained.encodeAll(lines, 3);
        assertThat(IntStream.range(0, lines.size()).allMatch(i -> Arrays.equals(ids.get(i), expected.get(i))))
                .isTrue();
    }

    @Test
    void reportsCompression() {
        ByteLevelTokenizer trained = trained();
        String text = "the cells show the nuclei";
        CompressionReport report =
                CompressionReport.measure(trained, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 1);
        assertThat(report.bytes()).isEqualTo(text.length());
        assertThat(report.words()).isEqualTo(5);
        assertThat(report.tokens()).isEqualTo(trained.encode(text).length);
        assertThat(report.bytesPerToken()).isEqualTo((double) text.length() / report.tokens());
        assertThat(report.tokensPerWord()).isEqualTo(report.tokens() / 5.0);
        assertThat(report.idsUsed())
                .isEqualTo((int) Arrays.stream(trained.encode(text)).distinct().count());
        assertThat(report.vocabularyUse()).isEqualTo((double) report.idsUsed() / trained.vocabularySize());
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatThrownBy(() -> Tokenizers.byteLevelBpe()
                        .vocabularySize(256)
                        .specialTokens(END)
                        .train(folder))
                .hasMessageContaining("at least 257");
        assertThatThrownBy(
                        () -> Tokenizers.byteLevelBpe().specialTokens(END, END).train(folder))
                .hasMessageContaining("given twice");
        assertThatThrownBy(() -> Tokenizers.byteLevelBpe().specialTokens("x").train(folder))
                .hasMessageContaining("at least two characters");
        assertThatThrownBy(() -> Tokenizers.byteLevelBpe().train(folder)).hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> Tokenizers.byteLevelBpe().train(folder.resolve("none")))
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> new SplitPattern("(")).hasMessageContaining("not a regular expression");
    }

    private static ByteLevelTokenizer trained() {
        return (ByteLevelTokenizer)
                Tokenizers.byteLevelBpe().vocabularySize(500).specialTokens(END).train(Corpus.ofText(TEXT));
    }

    private static List<NaiveBpe.Pair> merges(ByteLevelTokenizer tokenizer) {
        Merges merges = tokenizer.model().merges();
        return IntStream.range(0, merges.size())
                .mapToObj(i -> new NaiveBpe.Pair(latin1(tokenizer, merges.left(i)), latin1(tokenizer, merges.right(i))))
                .toList();
    }

    private static String latin1(ByteLevelTokenizer tokenizer, int id) {
        return new String(tokenizer.decodeBytes(id), StandardCharsets.ISO_8859_1);
    }

    private static int[] readAll(TokenStream stream) {
        IntStream.Builder all = IntStream.builder();
        int[] ids = new int[97];
        try (stream) {
            for (int count = stream.read(ids, 0, 97); count > 0; count = stream.read(ids, 0, 97)) {
                Arrays.stream(ids, 0, count).forEach(all::add);
            }
        }
        return all.build().toArray();
    }

    /** Hands out few bytes at a time. */
    private static final class StutteringStream extends ByteArrayInputStream {
        private final Random random = new Random(1);

        StutteringStream(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            return super.read(buffer, offset, Math.min(length, 1 + random.nextInt(5000)));
        }
    }
}
