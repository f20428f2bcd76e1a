package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.impl.regex.PatternSearch;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The patterns that have scanners, in the spellings of the libraries that use them. */
public final class KnownPatterns {
    /** GPT-2's original spelling. */
    private static final SplitPattern GPT2_ORIGINAL =
            new SplitPattern("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private static final SplitPattern GPT2_TIKTOKEN = new SplitPattern(
            "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s");

    private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

    private static final String CL100K_WORDS =
            CONTRACTION + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";

    /** Llama 3's spelling, which tries a line break before the end of the text. */
    public static final SplitPattern LLAMA3 = new SplitPattern(CL100K_WORDS + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

    /** That of Qwen 2. */
    public static final SplitPattern QWEN2 = new SplitPattern(LLAMA3.regex().replace("{1,3}", ""));

    /** Cl100k without syntax that Hugging Face's regular expressions interpret differently. */
    private static final SplitPattern CL100K_PORTABLE =
            new SplitPattern(CL100K_WORDS + "|\\s+\\z|\\s*[\\r\\n]|\\s+(?!\\S)|\\s");

    private static final Map<SplitPattern, Supplier<Splitter>> SCANNERS = Map.of(
            SplitPattern.GPT2,
            Gpt2Splitter::new,
            GPT2_ORIGINAL,
            Gpt2Splitter::new,
            GPT2_TIKTOKEN,
            Gpt2Splitter::new,
            SplitPattern.CL100K,
            () -> new Cl100kSplitter(3, true),
            CL100K_PORTABLE,
            () -> new Cl100kSplitter(3, true),
            LLAMA3,
            () -> new Cl100kSplitter(3, false),
            QWEN2,
            () -> new Cl100kSplitter(1, false),
            SplitPattern.O200K,
            O200kSplitter::new);

    private KnownPatterns() {}

    static Splitter splitter(SplitPattern pattern) {
        Supplier<Splitter> scanner = SCANNERS.get(pattern);
        return scanner == null ? new RegexSplitter(pattern.regex()) : scanner.get();
    }

    public static boolean isGpt2(SplitPattern pattern) {
        return pattern.equals(SplitPattern.GPT2) || pattern.equals(GPT2_ORIGINAL) || pattern.equals(GPT2_TIKTOKEN);
    }

    /**
     * The spelling that Hugging Face tokenizers understands.
     *
     * @throws io.nanogpt.NanogptException if there is none
     */
    public static String forHuggingFace(SplitPattern pattern) {
        return SCANNERS.containsKey(pattern) ? portable(pattern) : new PatternDialects().toOniguruma(pattern.regex());
    }

    private static String portable(SplitPattern pattern) {
        return (pattern.equals(SplitPattern.CL100K) ? CL100K_PORTABLE : pattern).regex();
    }

    /**
     * The pattern of any spelling in Hugging Face's files.
     *
     * @throws io.nanogpt.impl.regex.UnsupportedPatternException if it has syntax that is not supported
     * @throws IllegalArgumentException if {@code java.util.regex} does not support it
     */
    public static SplitPattern translated(String regex) {
        return new SplitPattern(PatternDialects.toJava(regex));
    }

    /**
     * A search for all matches of a pattern of any spelling in Hugging Face's files, empty ones included.
     *
     * @throws io.nanogpt.impl.regex.UnsupportedPatternException if it has syntax that is not supported
     * @throws IllegalArgumentException if {@code java.util.regex} does not support it
     */
    public static PatternSearch search(String regex) {
        String java = PatternDialects.toJava(regex);
        return PatternSearch.withEmptyMatches(UnicodeRegex.translate(java), PatternDialects.FLAGS, regex);
    }

    /** The pattern of a spelling in Hugging Face's files; null if there is no scanner for it. */
    public static @Nullable SplitPattern fromHuggingFace(String regex) {
        for (SplitPattern pattern : SCANNERS.keySet()) {
            if (portable(pattern).equals(regex)) {
                return pattern.equals(CL100K_PORTABLE) ? SplitPattern.CL100K : pattern;
            }
        }
        return null;
    }
}
