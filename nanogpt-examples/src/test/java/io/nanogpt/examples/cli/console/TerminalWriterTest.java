package io.nanogpt.examples.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TerminalWriterTest {
    @Test
    void controlsAndMarksOfDirectionAreVisible() {
        assertThat(shown("a\u001B[31mb\u0007c\bd\re\u007Ff\u009Bg"))
                .isEqualTo("a\\u001B[31mb\\u0007c\\u0008d\\u000De\\u007Ff\\u009Bg");
        assertThat(shown("x\u202Ey\u2066z\u200Fw\u061C")).isEqualTo("x\\u202Ey\\u2066z\\u200Fw\\u061C");
    }

    @Test
    void lettersTabsAndLineEndsStay() {
        String text = "tab\tline\nline\r\nde\u0301j\u00E0 \u05D0 \u65E5\u672C \uD83D\uDE00";
        assertThat(shown(text)).isEqualTo(text);
    }

    @Test
    void aLineThatIsRedrawnKeepsItsControls() {
        StringWriter out = new StringWriter();
        PrintWriter plain = new PrintWriter(out);

        PrintWriter redrawn = TerminalWriter.forControls(new TerminalWriter(plain));
        redrawn.print("\r1 %\u001B[K");
        redrawn.flush();

        assertThat(out).hasToString("\r1 %\u001B[K");
        assertThat(TerminalWriter.forControls(plain)).isSameAs(plain);
    }

    private static String shown(String text) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new TerminalWriter(new PrintWriter(out));
        writer.print(text);
        writer.flush();
        return out.toString();
    }
}
