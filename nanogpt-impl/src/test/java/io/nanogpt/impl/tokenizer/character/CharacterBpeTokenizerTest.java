package io.nanogpt.impl.tokenizer.character;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Cleaning;
import io.nanogpt.impl.tokenizer.format.TokenizerFiles;
import io.nanogpt.impl.tokenizer.pipeline.PipelineTokenizer;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class CharacterBpeTokenizerTest {
    private static final String SHAKESPEARE = "shared/data/tiny-shakespeare.txt";

    @TempDir
    private Path folder;

    @Test
    void theHomeworkHasItsKnownFigures() throws IOException {
        String text = Cleaning.dropSpeakers().apply(Files.readString(shakespeare()));
        CharacterBpeTokenizer tokenizer = CharacterBpeTokenizer.train(text, 500);
        assertThat(tokenizer.vocabularySize()).isEqualTo(500);
        assertThat(tokenizer.pieces()).filteredOn(piece -> piece.length() == 1).hasSize(65);
        assertThat(CharacterBpeTokenizer.countPretokens(text).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(240_783);
        int[] ids = tokenizer.encode(text);
        assertThat(ids).hasSize(423_643).startsWith(70, 363, 354, 416, 92, 99, 295, 61, 187, 164, 376);
        assertThat(tokenizer.decode(Arrays.copyOf(ids, 11))).isEqualTo("Before we proceed any further");
    }

    @Test
    void mergesAreThoseOfACountFromScratch() {
        Random random = new Random(7);
        for (int round = 0; round < 30; round++) {
            Map<String, Long> counts = new LinkedHashMap<>();
            for (int i = 0; i < 40; i++) {
                String pretoken = random.ints(1 + random.nextInt(8), 0, 4)
                        .mapToObj(letter -> Character.toString("abAB".charAt(letter)))
                        .reduce(random.nextBoolean() ? "\u0120" : "", String::concat);
                counts.merge(pretoken, 1L + random.nextInt(3), Long::sum);
            }
            assertThat(CharacterBpeTrainer.train(counts, 30)).isEqualTo(naive(counts, 30));
        }
    }

    @Test
    void mergesOfLongWordsAreThoseOfACountFromScratch() {
        Random random = new Random(8);
        for (int round = 0; round < 20; round++) {
            Map<String, Long> counts = new LinkedHashMap<>();
            for (int i = 0; i < 3; i++) {
                String pretoken = random.ints(1 + random.nextInt(200), 0, 1 + random.nextInt(3))
                        .mapToObj(letter -> Character.toString("abc".charAt(letter)))
                        .reduce("", String::concat);
                counts.merge(pretoken, 1L + random.nextInt(3), Long::sum);
            }
            assertThat(CharacterBpeTrainer.train(counts, 60)).isEqualTo(naive(counts, 60));
        }
    }

    @Test
    @Timeout(120)
    void oneVeryLongWordIsLearned() {
        String word = new Random(9)
                .ints(2_000_000, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertThat(CharacterBpeTokenizer.train(word, 1_000).vocabularySize()).isEqualTo(1_000);
    }

    @Test
    void pretokensInCapitalsAreLoweredForCounting() {
        // " AB" and " AD" count as " ab" and " ad", so the space and a are the most frequent pair.
        CharacterBpeTokenizer tokenizer = CharacterBpeTokenizer.train("x AB AB AB cd cd AD", 10);
        assertThat(tokenizer.pieces()).containsExactly("A", "B", "D", "a", "b", "c", "d", "x", "\u0120", "\u0120a");
        assertThat(tokenizer.encode(" ab AB")).hasSize(5);
    }

    @Test
    void linesAreEncodedApart() throws IOException {
        String text = "the cat sat\nthe cats\r\n\nthe\u00E9 hat".repeat(5);
        Tokenizer tokenizer = CharacterBpeTokenizer.train(text, 40);
        int[] ids = tokenizer.encode(text);
        assertThat(tokenizer.decode(ids)).isEqualTo(text.replaceAll("[\r\n]", ""));
        assertThat(tokenizer.canEncode("the hat")).isTrue();
        assertThat(tokenizer.canEncode("the bat")).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("the\u00E9 bat"))
                .withMessageContaining("'b' (U+0062 LATIN SMALL LETTER B) at position 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(tokenizer.vocabularySize()))
                .withMessageContaining("from 0 to");
        assertThat(streamed(tokenizer, text)).isEqualTo(ids);
    }

    /** Ids that Hugging Face tokenizers 0.23 makes with the file of this tokenizer. */
    @Test
    void idsAreThoseOfHuggingFace() {
        Tokenizer tokenizer =
                CharacterBpeTokenizer.train("the cat sat on the mat.\nTHE CATS \u00E9\u2014\tsat\r\n\n 12 cats", 45);
        assertThat(tokenizer.encode("the mats sat\u2014\r\n\nTHE cats\u00E9 21\n  \tCATS."))
                .containsExactly(36, 41, 16, 42, 37, 8, 6, 5, 44, 19, 18, 23, 2, 1, 23, 23, 22, 4, 3, 8, 7, 0);
    }

    @Test
    void aVocabularySmallerThanTheAlphabetIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CharacterBpeTokenizer.train("abcdefg", 6))
                .withMessageContaining("must be at least 7")
                .withMessageContaining("but is 6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CharacterBpeTokenizer.train("\n\n", 6))
                .withMessageContaining("no text but line breaks");
    }

    @Test
    void fileAndTokenizerAreTheSame() throws IOException {
        CharacterBpeTokenizer tokenizer = CharacterBpeTokenizer.train("the cat sat on the mat \u00E9\u2014", 30);
        Path file = folder.resolve("tokenizer.json");
        tokenizer.save(file);
        Tokenizer loaded = TokenizerFiles.load(file);
        assertThat(loaded)
                .isInstanceOfSatisfying(
                        CharacterBpeTokenizer.class,
                        same -> assertThat(same.pieces()).isEqualTo(tokenizer.pieces()));
        Path again = folder.resolve("again.json");
        loaded.save(again);
        assertThat(again).hasSameBinaryContentAs(file);
    }

    @Test
    void filesOfOtherTokenizersAreRefused() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        CharacterBpeTokenizer.train("abc", 4).save(file);
        String good = Files.readString(file);
        refused(good, "\"b\" : 1", "\"b\" : 0", "stands for two tokens");
        refused(good, "\"b\" : 1", "\"b\" : 7", "from 0 to 3");
        refused(good, "\"b\" : 1", "\"\" : 1", "at least one character");
    }

    @Test
    void filesThatAskForMoreAreReadStageByStage() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        CharacterBpeTokenizer.train("abc", 4).save(file);
        String lower =
                Files.readString(file).replace("\"normalizer\" : null", "\"normalizer\" : {\"type\": \"Lowercase\"}");
        Tokenizer loaded = Tokenizers.load(Files.writeString(file, lower));
        assertThat(loaded).isInstanceOf(PipelineTokenizer.class);
        assertThat(loaded.encode("ABC")).isEqualTo(loaded.encode("abc"));
        assertThatThrownBy(() -> loaded.encode("d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"d\" (U+0064), which the vocabulary lacks");
    }

    private void refused(String good, String part, String other, String expected) throws IOException {
        assertThat(good).contains(part);
        Path file = Files.writeString(
                folder.resolve("broken.json"), good.replaceFirst(java.util.regex.Pattern.quote(part), other));
        assertThatThrownBy(() -> TokenizerFiles.load(file))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("broken.json, line ", expected);
    }

    static int[] streamed(Tokenizer tokenizer, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[text.length() + 1];
        int count = 0;
        try (TokenStream stream = tokenizer.stream(new ByteArrayInputStream(utf8), 2)) {
            for (int read = stream.read(ids, 0, 3); read >= 0; read = stream.read(ids, count, 3)) {
                count += read;
            }
        }
        return Arrays.copyOf(ids, count);
    }

    /** Counts all pairs anew for every merge. */
    private static List<String> naive(Map<String, Long> counts, int vocabularySize) {
        List<List<String>> pretokens = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        List<String> pieces = new ArrayList<>();
        Map<String, Long> folded = new LinkedHashMap<>();
        counts.forEach((pretoken, count) -> {
            String bare = pretoken.replace("\u0120", "");
            boolean capitals = bare.equals(bare.toUpperCase(java.util.Locale.ROOT)) && !pretoken.isEmpty();
            folded.merge(
                    capitals ? pretoken.charAt(0) + pretoken.substring(1).toLowerCase(java.util.Locale.ROOT) : pretoken,
                    count,
                    Long::sum);
            pretoken.chars()
                    .mapToObj(Character::toString)
                    .filter(c -> !pieces.contains(c))
                    .forEach(pieces::add);
        });
        folded.forEach((pretoken, count) -> {
            pretokens.add(new ArrayList<>(
                    pretoken.chars().mapToObj(Character::toString).toList()));
            times.add(count);
            pretoken.chars()
                    .mapToObj(Character::toString)
                    .filter(c -> !pieces.contains(c))
                    .forEach(pieces::add);
        });
        while (pieces.size() < vocabularySize) {
            Map<List<String>, Long> pairs = new LinkedHashMap<>();
            for (int pretoken = 0; pretoken < pretokens.size(); pretoken++) {
                for (int i = 0; i + 1 < pretokens.get(pretoken).size(); i++) {
                    pairs.merge(List.copyOf(pretokens.get(pretoken).subList(i, i + 2)), times.get(pretoken), Long::sum);
                }
            }
            if (pairs.isEmpty()) {
                break;
            }
            List<String> best = pairs.entrySet().stream()
                    .reduce((first, second) -> second.getValue() > first.getValue() ? second : first)
                    .orElseThrow()
                    .getKey();
            String merged = String.join("", best);
            for (List<String> pretoken : pretokens) {
                for (int i = 0; i + 1 < pretoken.size(); i++) {
                    if (pretoken.subList(i, i + 2).equals(best)) {
                        pretoken.set(i, merged);
                        pretoken.remove(i + 1);
                    }
                }
            }
            if (!pieces.contains(merged)) {
                pieces.add(merged);
            }
        }
        pieces.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        return pieces;
    }

    /** Beside the repository, or above it. */
    private static Path shakespeare() {
        for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
            Path file = above.resolve(SHAKESPEARE);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return Assumptions.abort("skipped: there is no " + SHAKESPEARE + " beside a folder above this one");
    }
}
