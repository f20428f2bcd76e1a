package io.nanogpt.examples.cli;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.examples.cli.options.Escapes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code data show} verb. */
@Command(
        name = "show",
        description = "Show a text as a model is trained on it: its size, a record, and its beginning.",
        footer = {
            "  nanogpt data show --data captions.json",
            "  nanogpt data show --data captions.json --separator '\\n<ENDC>\\n' --case lower --characters 300"
        })
final class DataShowCommand extends Verb {
    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--record", paramLabel = "N", description = "record to show, counted from 1 (default: 1)")
    private int record = 1;

    @Option(
            names = "--characters",
            paramLabel = "N",
            description = "most characters to show of the beginning, and of the record (default: 1000; 0 shows none)")
    private int characters = 1_000;

    @Override
    public Integer call() {
        require(characters >= 0, "--characters must be at least 0, but is " + characters);
        Corpus corpus = data.read();
        int records = corpus.records().size();
        require(
                record >= 1 && record <= records,
                "--record must be from 1 to " + records + ", the records of the text, but is " + record);
        String text = corpus.text();
        String example = corpus.records().get(record - 1);
        if (json()) {
            printJson(corpus, text, example, beginning(text));
        } else {
            print(corpus, text, example, beginning(text));
        }
        out().flush();
        return 0;
    }

    private void printJson(Corpus corpus, String text, String example, String beginning) {
        Corpus.Split split = corpus.split(SplitOptions.defaults());
        out().println(new JsonLine()
                .put("records", corpus.records().size())
                .put("characters", codePoints(text))
                .put("bytes", text.getBytes(StandardCharsets.UTF_8).length)
                .put("distinctCharacters", text.codePoints().distinct().count())
                .put("separator", corpus.separator())
                .put("trainingCharacters", codePoints(split.train()))
                .put("validationCharacters", codePoints(split.validation()))
                .put("record", example)
                .put("beginning", beginning));
    }

    private void print(Corpus corpus, String text, String example, String beginning) {
        Corpus.Split split = corpus.split(SplitOptions.defaults());
        out().printf(
                        Locale.ROOT,
                        "%,d %s, %,d characters (%,d different ones), %,d bytes in UTF-8%n",
                        corpus.records().size(),
                        corpus.records().size() == 1 ? "record" : "records",
                        codePoints(text),
                        text.codePoints().distinct().count(),
                        text.getBytes(StandardCharsets.UTF_8).length);
        if (corpus.records().size() > 1) {
            out().println("between records: " + shown(corpus.separator()));
        }
        out().printf(
                        Locale.ROOT,
                        "by default %,d characters to train on and %,d to validate%n",
                        codePoints(split.train()),
                        codePoints(split.validation()));
        if (characters == 0) {
            return;
        }
        // The only record is the text, whose beginning follows.
        if (corpus.records().size() > 1) {
            boolean whole = codePoints(example) <= characters;
            out().printf(
                            Locale.ROOT,
                            "%nrecord %,d%s:%n%s%n",
                            record,
                            whole ? "" : String.format(Locale.ROOT, ", its first %,d characters", characters),
                            beginning(example));
        }
        out().printf(Locale.ROOT, "%nthe first %,d characters:%n%s%n", codePoints(beginning), beginning);
    }

    private String beginning(String text) {
        return text.substring(0, text.offsetByCodePoints(0, Math.min(characters, codePoints(text))));
    }

    private static String shown(String separator) {
        return switch (separator) {
            case "" -> "nothing";
            case Corpus.RECORD_SEPARATOR -> "the control character U+001E";
            default -> Escapes.quote(separator);
        };
    }

    private static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }
}
