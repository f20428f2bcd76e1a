package io.nanogpt.examples.docs;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles blocks of Java for Java 17, with the class path of the tests. A block with a public type is a file of its own.
 * Any other block is the body of a method, with the variables of {@link SnippetVariables}; imports at its head stay
 * imports, and the packages of nanogpt-api and a few of the JDK are imported in any case.
 */
final class SnippetCompiler {
    /** The class around a block that is no file of its own. */
    static final String WRAPPER = "DocumentedCode";

    private static final Pattern PUBLIC_TYPE =
            Pattern.compile("(?m)^public (?:final |abstract |sealed )*(?:class|interface|record|enum) (\\w+)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import [\\w.* ]+;\\s*\n");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final List<String> JDK = List.of(
            "java.net.URI",
            "java.nio.file.Files",
            "java.nio.file.Path",
            "java.text.Normalizer",
            "java.time.Duration",
            "java.util.*",
            "java.util.regex.Pattern");

    private SnippetCompiler() {}

    /**
     * Compiles a block into a folder.
     *
     * @return the errors, each with its line in the documentation; empty if there are none
     */
    static List<String> compile(Snippet snippet, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        String source = source(snippet);
        List<String> options = List.of(
                "--release",
                "17",
                "-proc:none",
                "-parameters",
                "-Xlint:deprecation,removal,unchecked,rawtypes",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"));
        compiler.getTask(
                        new StringWriter(), null, diagnostics, options, null, List.of(new Source(name(source), source)))
                .call();
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
                .map(diagnostic -> describe(snippet, source, diagnostic))
                .toList();
    }

    private static String source(Snippet snippet) {
        String code = snippet.code();
        if (PUBLIC_TYPE.matcher(code).find()) {
            return code;
        }
        String imports = IMPORT.matcher(code)
                .results()
                .map(match -> match.group().strip())
                .collect(Collectors.joining());
        String standard = Stream.concat(apiPackages(), JDK.stream())
                .map(name -> "import " + name + ";")
                .collect(Collectors.joining());
        return imports + standard + "class " + WRAPPER + " extends " + SnippetVariables.class.getName()
                + " { @Override public void run() throws Exception {\n"
                + IMPORT.matcher(code).replaceAll("\n") + "\n} }";
    }

    private static Stream<String> apiPackages() {
        Path sources = Documentation.ROOT.resolve("nanogpt-api/src/main/java");
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .filter(file -> file.endsWith("package-info.java"))
                    .map(file -> sources.relativize(file.getParent()).toString().replace('/', '.') + ".*")
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(String source) {
        Matcher type = PUBLIC_TYPE.matcher(source);
        Matcher folder = PACKAGE.matcher(source);
        return (folder.find() ? folder.group(1).replace('.', '/') + "/" : "") + (type.find() ? type.group(1) : WRAPPER);
    }

    private static String describe(Snippet snippet, String source, Diagnostic<? extends JavaFileObject> diagnostic) {
        String[] lines = source.split("\n", -1);
        int number = (int) diagnostic.getLineNumber();
        String line = number < 1 ? "" : lines[number - 1].strip();
        return snippet.place() + ": " + diagnostic.getMessage(Locale.ROOT) + " [" + line + "]";
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
