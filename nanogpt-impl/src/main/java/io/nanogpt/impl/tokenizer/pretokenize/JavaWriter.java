package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.impl.regex.Node;
import java.util.regex.Pattern;

/** Writes a syntax tree for {@link Pattern} with the flag {@link Pattern#UNICODE_CASE}. */
final class JavaWriter extends PatternWriter {
    @Override
    String whole(Node node) {
        return OnigurumaWriter.javaAnchor(node);
    }

    @Override
    String characters(Node.Characters characters) {
        return withFlags(characters.java(), characters.flags());
    }

    @Override
    String anchor(Node.Anchor anchor) {
        return withFlags(anchor.java(), anchor.flags());
    }

    private static String withFlags(String java, int flags) {
        String letters = ((flags & Pattern.CASE_INSENSITIVE) != 0 ? "i" : "")
                + ((flags & Pattern.DOTALL) != 0 ? "s" : "")
                + ((flags & Pattern.MULTILINE) != 0 ? "m" : "")
                + ((flags & Pattern.UNIX_LINES) != 0 ? "d" : "");
        return letters.isEmpty() ? java : "(?" + letters + ":" + java + ")";
    }

    @Override
    String repeat(String body, Node.Repeat repeat) {
        return body + limits(repeat) + suffix(repeat.greed());
    }
}
