package io.nanogpt.tokenizer;

import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The regular expression that splits text into the pre-tokens of a byte-level BPE tokenizer, which no token crosses.
 * {@link #GPT2}, {@link #CL100K} and {@link #O200K} run as hand-written scanners, any other pattern as an
 * automaton, or in {@code java.util.regex} with a limit to its steps where it has back references or the like. Character
 * classes are those of Unicode 16, whatever the version of the JDK.
 *
 * @param regex matches a pre-token, in the syntax of {@link Pattern}; {@code \s}, {@code \d} and {@code \w} are those
 *     of Unicode. Text between matches is a pre-token too, and a match of no characters, as of {@code (?=\p{Lu})}, is a
 *     place to cut
 */
public record SplitPattern(String regex) {
    /** The pattern of GPT-2 and GPT-3. */
    public static final SplitPattern GPT2 =
            new SplitPattern("'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    /** The pattern of GPT-4, as in {@code tiktoken}: white space at the end of a text is one pre-token. */
    public static final SplitPattern CL100K = new SplitPattern("'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++"
            + "|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s");

    /** The pattern of GPT-4o. */
    public static final SplitPattern O200K =
            new SplitPattern("[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
                    + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

    public SplitPattern {
        Objects.requireNonNull(regex, "regex");
        try {
            Pattern.compile(regex);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(
                    "the regular expression of " + regex.length() + " characters has groups that are nested too deeply",
                    e);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "not a regular expression of java.util.regex: " + regex + " (" + e.getDescription() + ")", e);
        }
    }

    /**
     * Returns the pattern {@code gpt2}, {@code cl100k} or {@code o200k}; any other argument is a regular expression.
     */
    public static SplitPattern of(String nameOrRegex) {
        return switch (nameOrRegex) {
            case "gpt2" -> GPT2;
            case "cl100k" -> CL100K;
            case "o200k" -> O200K;
            default -> new SplitPattern(nameOrRegex);
        };
    }
}
