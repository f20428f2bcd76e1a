package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page of the server, which knows the api alone, has the common part of the style of all other pages. */
@Tag("any-jdk")
class PageStyleTest {
    private static final String BEGIN = "/* common: the same in every page */";
    private static final String END = "/* end of common */";

    private static final Path PAGES = Path.of("../nanogpt-impl/src/main/resources/io/nanogpt/impl/page/style.css");
    private static final Path SERVER = Path.of("../nanogpt-server/src/main/resources/io/nanogpt/server/page.html");

    @Test
    void theServersPageHasTheStyleOfTheOthers() throws IOException {
        assertThat(common(SERVER)).isEqualTo(common(PAGES));
    }

    private static String common(Path file) throws IOException {
        String text = Files.readString(file);
        assertThat(text).as(file.toString()).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
        return text.substring(text.indexOf(BEGIN), text.indexOf(END));
    }
}
