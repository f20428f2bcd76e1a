package io.nanogpt.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** What a command line came to. */
record Outcome(int code, String out, String err) {
    /** Runs a command line in this JVM. */
    static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        line.getOut().flush();
        line.getErr().flush();
        return new Outcome(code, out.toString(), err.toString());
    }

    /** Asserts that a command line ends with code 2 and one line that holds this. */
    static void badInput(String expected, String... arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.code).as(outcome.err).isEqualTo(2);
        assertThat(outcome.err.lines()).as(outcome.err).hasSize(1);
        assertThat(outcome.err).startsWith("nanogpt: ").contains(expected);
        assertThat(outcome.out).isEmpty();
    }

    /** The line that {@code --json} prints. */
    String lastLine() {
        return out.lines().reduce("", (before, line) -> line);
    }

    /** The fields of the object on the last line, in order. */
    List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(lastLine())) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                keys.add(parser.currentName());
                parser.nextToken();
                parser.skipChildren();
            }
        }
        return keys;
    }
}
