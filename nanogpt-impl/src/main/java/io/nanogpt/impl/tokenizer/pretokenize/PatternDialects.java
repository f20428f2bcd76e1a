package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.regex.JavaParser;
import io.nanogpt.impl.regex.Node;
import io.nanogpt.impl.regex.OnigurumaParser;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Translates patterns between {@code java.util.regex} and Oniguruma, the dialect of {@code tokenizer.json}. A pattern
 * that both read alike stays as it is.
 */
final class PatternDialects {
    /** The flags with which {@link RegexSplitter} compiles. */
    static final int FLAGS = Pattern.UNICODE_CASE;

    private final OnigurumaWriter oniguruma = new OnigurumaWriter();

    /**
     * Translates a pattern of {@code java.util.regex}.
     *
     * @throws NanogptException if Oniguruma cannot express it
     */
    String toOniguruma(String java) {
        Node tree;
        try {
            tree = JavaParser.parse(java, FLAGS);
        } catch (UnsupportedPatternException e) {
            throw OnigurumaWriter.inexpressible(e.feature());
        }
        return OnigurumaWriter.isReadAs(java, tree) ? java : oniguruma.write(tree);
    }

    /**
     * Translates a pattern of Oniguruma.
     *
     * @throws UnsupportedPatternException if it has syntax that is not supported
     */
    static String toJava(String oniguruma) {
        Node tree = OnigurumaParser.parse(oniguruma, FLAGS);
        return isReadAs(oniguruma, tree) ? oniguruma : new JavaWriter().write(tree);
    }

    /** Whether {@code java.util.regex} reads a pattern as a tree. */
    private static boolean isReadAs(String pattern, Node tree) {
        try {
            Pattern.compile(pattern, FLAGS);
            return JavaParser.parse(pattern, FLAGS).equals(tree);
        } catch (PatternSyntaxException | UnsupportedPatternException e) {
            return false;
        }
    }
}
