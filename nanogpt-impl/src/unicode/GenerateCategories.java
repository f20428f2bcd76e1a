import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes GeneralCategories.java of the tokenizer room from the tables of the JDK that runs it, which must be one with
 * Unicode 16, such as JDK 24 or 25. From the root of the project:
 *
 * <pre>java nanogpt-impl/src/unicode/GenerateCategories.java</pre>
 */
public final class GenerateCategories {
    private static final Path TARGET =
            Path.of("nanogpt-impl/src/main/java/io/nanogpt/impl/tokenizer/pretokenize/GeneralCategories.java");

    /** By the constants of Character.getType. */
    private static final String[] NAMES = {
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", null,
        "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"
    };

    private static final int CHARACTERS_A_LINE = 96;

    private GenerateCategories() {}

    public static void main(String[] arguments) throws Exception {
        // Todhri came with Unicode 16, Sidetic with 17.
        if (Character.getType(0x105C0) != Character.OTHER_LETTER || Character.getType(0x10940) != Character.UNASSIGNED) {
            throw new IllegalStateException("this JDK does not have Unicode 16: " + Runtime.version());
        }
        StringBuilder runs = new StringBuilder();
        for (int first = 0; first <= Character.MAX_CODE_POINT; ) {
            int next = first + 1;
            while (next <= Character.MAX_CODE_POINT && Character.getType(next) == Character.getType(first)) {
                next++;
            }
            runs.append(NAMES[Character.getType(first)]);
            if (next - first > 1) {
                runs.append(next - first);
            }
            first = next;
        }
        Files.writeString(TARGET, source(runs.toString()));
    }

    private static String source(String runs) {
        StringBuilder text = new StringBuilder();
        text.append("package io.nanogpt.impl.tokenizer.pretokenize;\n\n");
        text.append("/** The general categories of Unicode 16. Written by src/unicode/GenerateCategories.java; do not edit. */\n");
        text.append("final class GeneralCategories {\n");
        text.append("    /** Runs of code points from U+0000 on: a category and, where it is not 1, the length of the run. */\n");
        text.append("    static final String RUNS =");
        for (int from = 0; from < runs.length(); from += CHARACTERS_A_LINE) {
            String part = runs.substring(from, Math.min(from + CHARACTERS_A_LINE, runs.length()));
            text.append(from == 0 ? "\n            \"" : "\n                    + \"").append(part).append('"');
        }
        return text.append(";\n\n    private GeneralCategories() {}\n}\n").toString();
    }
}
