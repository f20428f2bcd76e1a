package io.nanogpt.impl.tokenizer.pretokenize;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.tokenizer.RandomTexts;
import io.nanogpt.impl.tokenizer.bpe.BpeEncoder;
import io.nanogpt.tokenizer.SplitPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

public class SplitterTest {
    private static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final int TEXTS = 6_000;

    static Stream<SplitPattern> scanned() {
        return Stream.of(
                SplitPattern.GPT2,
                SplitPattern.CL100K,
                SplitPattern.O200K,
                new SplitPattern(LLAMA3),
                new SplitPattern(LLAMA3.replace("{1,3}", "")));
    }

    @ParameterizedTest
    @MethodSource("scanned")
    void scannersCutAsTheRegularExpressionsDo(SplitPattern pattern) {
        Splitter scanner = Splitter.of(pattern);
        assertThat(scanner).isInstanceOf(Scanner.class);
        Splitter regex = new RegexSplitter(pattern.regex());
        Random random = new Random(7);
        for (int i = 0; i < TEXTS; i++) {
            String text = RandomTexts.of(random, 1 + random.nextInt(12));
            assertThat(pieces(scanner, text)).as(text).isEqualTo(pieces(regex, text));
        }
    }

    @ParameterizedTest
    @MethodSource("scanned")
    void scannersCutEveryCharacterBesideOthersAsTheRegularExpressionsDo(SplitPattern pattern) {
        Splitter scanner = Splitter.of(pattern);
        Splitter regex = new RegexSplitter(pattern.regex());
        StringBuilder text = new StringBuilder();
        // All of the planes in use, in blocks, with a letter of either case, a digit and a sign before each.
        for (int codePoint = 0; codePoint < 0x32400; codePoint++) {
            if (codePoint < 0xD800 || codePoint > 0xDFFF) {
                text.append(" aB1!".charAt(codePoint % 5)).appendCodePoint(codePoint);
            }
            if (text.length() > 4000) {
                assertThat(pieces(scanner, text.toString())).isEqualTo(pieces(regex, text.toString()));
                text.setLength(0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scanned")
    void piecesBeforeAndAfterASafeCutAreThoseOfTheWhole(SplitPattern pattern) {
        for (Splitter splitter : List.of(Splitter.of(pattern), new RegexSplitter(pattern.regex()))) {
            checkCuts(splitter);
        }
    }

    private static void checkCuts(Splitter splitter) {
        Random random = new Random(11);
        int cuts = 0;
        for (int i = 0; i < TEXTS / 2; i++) {
            String text = RandomTexts.of(random, 2 + random.nextInt(20));
            byte[] bytes = padded(text);
            int end = bytes.length - BpeEncoder.SLACK;
            int seen = Utf8.wholeCharacters(bytes, 0, 1 + random.nextInt(end));
            int cut = splitter.safeCut(bytes, 0, seen);
            if (cut != Splitter.NO_CUT) {
                cuts++;
                List<Integer> whole = ends(splitter, bytes, 0, end);
                List<Integer> parts = new ArrayList<>(ends(splitter, bytes, 0, cut));
                parts.addAll(ends(splitter, bytes, cut, end));
                assertThat(parts).as(text).isEqualTo(whole);
            }
        }
        assertThat(cuts).isGreaterThan(TEXTS / 60);
    }

    @ParameterizedTest
    @MethodSource("scanned")
    void wordsAreWholeWhereTheArrayEnds(SplitPattern pattern) {
        Splitter splitter = Splitter.of(pattern);
        for (int length = 1; length < 40; length++) {
            byte[] bytes = ("a ".repeat(length % 3) + "b".repeat(length) + "1").getBytes(StandardCharsets.UTF_8);
            assertThat(ends(splitter, bytes, 0, bytes.length)).hasSize(2 + length % 3);
            assertThat(ends(splitter, bytes, 0, bytes.length - 1)).hasSize(1 + length % 3);
        }
    }

    @Test
    void otherPatternsKeepWhatStandsBetweenMatches() {
        Splitter splitter = Splitter.of(new SplitPattern("\\p{Lu}\\p{Ll}*"));
        assertThat(pieces(splitter, "xyHelloWorld, \u00C9a\u0301!"))
                .containsExactly("xy", "Hello", "World", ", ", "\u00C9a", "\u0301!");
    }

    @Test
    void patternsThatLookBackAreNotCut() {
        byte[] text = padded("aaa bbb ccc ddd");
        assertThat(new RegexSplitter("(?<=a)b|\\w+|\\s").safeCut(text, 0, 15)).isEqualTo(Splitter.NO_CUT);
        assertThat(new RegexSplitter("\\w+|\\s").safeCut(text, 0, 15)).isEqualTo(12);
    }

    @Test
    void classesAreThoseOfUnicode16() {
        // Letters of Unicode 14, 15 and 16, which JDK 17 does not support.
        String letters = "\uD801\uDD70\uD803\uDCC0" + Character.toString(0x1E4D0) + Character.toString(0x105C0);
        assertThat(pieces(new RegexSplitter("\\p{L}+|\\P{L}+"), "1" + letters + "2"))
                .containsExactly("1", letters, "2");
        assertThat(pieces(new RegexSplitter("[^\\p{L}]+|[\\p{L}]+"), "1" + letters))
                .containsExactly("1", letters);
        assertThat(CharacterClasses.of(0x105C0)).isEqualTo(CharacterClasses.CASELESS);
        assertThat(CharacterClasses.of(0x10940)).isEqualTo(CharacterClasses.OTHER);
    }

    public static List<String> pieces(Splitter splitter, String text) {
        byte[] bytes = padded(text);
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int end : ends(splitter, bytes, 0, bytes.length - BpeEncoder.SLACK)) {
            pieces.add(new String(bytes, start, end - start, StandardCharsets.UTF_8));
            start = end;
        }
        return pieces;
    }

    private static List<Integer> ends(Splitter splitter, byte[] bytes, int from, int to) {
        splitter.begin(bytes, from, to);
        List<Integer> all = new ArrayList<>();
        int[] ends = new int[3];
        for (int count = splitter.next(ends); count > 0; count = splitter.next(ends)) {
            Arrays.stream(ends, 0, count).forEach(all::add);
        }
        return all;
    }

    private static byte[] padded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + BpeEncoder.SLACK);
    }
}
