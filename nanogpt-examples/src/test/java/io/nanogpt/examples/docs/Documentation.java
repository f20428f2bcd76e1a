package io.nanogpt.examples.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documentation of the repository: Markdown files, the javadoc of nanogpt-api, and the code blocks in both. */
final class Documentation {
    /** The folder of the repository, found upwards from the module whose tests run. */
    static final Path ROOT = root();

    private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*)(?:\\s+(.*))?");
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern JAVADOC_CODE = Pattern.compile("<pre>\\s*\\{@code\\s|\\{@snippet\\s*:\\s");

    private Documentation() {}

    /** README, CONTRIBUTING and everything under docs, relative to the repository. */
    static List<Path> markdown() {
        List<Path> files = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")));
        files.addAll(files(Path.of("docs"), ".md"));
        return files;
    }

    /** The sources under a folder of the repository. */
    static List<Path> sources(String folder) {
        return files(Path.of(folder), ".java");
    }

    /** Every fenced block of a Markdown file. */
    static List<Snippet> fenced(Path file) {
        List<Snippet> snippets = new ArrayList<>();
        String language = null;
        String info = "";
        List<String> block = new ArrayList<>();
        int number = 0;
        for (String line : read(file).split("\n", -1)) {
            number++;
            Matcher fence = FENCE.matcher(line);
            if (!fence.matches()) {
                block.add(line);
            } else if (language == null) {
                language = fence.group(1);
                info = fence.group(2) == null ? "" : fence.group(2);
                block.clear();
            } else {
                snippets.add(new Snippet(file, number - block.size(), language, info, String.join("\n", block)));
                language = null;
            }
        }
        if (language != null) {
            throw new IllegalStateException(file + " has a fence that is not closed");
        }
        return snippets;
    }

    /** The blocks of one language of a Markdown file. */
    static List<Snippet> fenced(Path file, String language) {
        return fenced(file).stream()
                .filter(snippet -> snippet.language().equals(language))
                .toList();
    }

    /** Every {@code <pre>} block of code and every inline {@code @snippet} in the javadoc of a source file. */
    static List<Snippet> javadoc(Path file) {
        List<Snippet> snippets = new ArrayList<>();
        String source = read(file);
        Matcher comment = COMMENT.matcher(source);
        while (comment.find()) {
            Matcher start = JAVADOC_CODE.matcher(comment.group());
            while (start.find()) {
                String text = comment.group();
                int from = start.end();
                String code = text.substring(from, closingBrace(text, from)).replaceAll("(?m)^ *\\* ?", "");
                int line = (int)
                        source.substring(0, comment.start() + from).lines().count();
                snippets.add(new Snippet(file, line, "java", "", code));
            }
        }
        return snippets;
    }

    /** The text of a file of the repository. */
    static String read(Path file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int closingBrace(String text, int from) {
        int open = 1;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (open == 0) {
                return i;
            }
        }
        throw new IllegalStateException("a block of code is not closed: " + text);
    }

    private static List<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .map(ROOT::relativize)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("nanogpt-api"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("no folder above the working directory holds nanogpt-api");
        }
        return folder;
    }
}
