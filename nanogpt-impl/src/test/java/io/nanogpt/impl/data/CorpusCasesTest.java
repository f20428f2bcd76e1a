package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.DirectoryOptions.Duplicates;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Corpora in the shapes of public reports. */
class CorpusCasesTest {
    private static final String FILES = "shared/cases/files";
    private static final String TEXT = "text";

    private final FileCorpusReader reader = new FileCorpusReader();

    @Test
    void tabSeparatedValues() {
        assertThat(reader.tsv(shared("tsv/a.tsv"), TEXT))
                .hasSize(25)
                .startsWith(
                        "The cat, the mat",
                        "She said \"no\" twice",
                        "two\nlines here",
                        "",
                        "Z\u00FCrich \u2013 na\u00EFve");
    }

    @Test
    void jsonLines() {
        assertThat(reader.jsonLines(shared("ndjson-extension/a.ndjson"), TEXT))
                .hasSize(20)
                .startsWith("some words 0");
        assertThat(reader.jsonLines(shared("jsonl-nan/a.jsonl"), TEXT))
                .hasSize(20)
                .startsWith("some words 0");
        assertThatThrownBy(() -> reader.jsonLines(shared("jsonl-lone-surrogate/a.jsonl"), TEXT))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("a.jsonl, line 1")
                .hasMessageContaining("\\ud83d at position 7");
    }

    @Test
    void parquet() {
        assertThat(reader.parquet(shared("parquet/a.parquet"), TEXT))
                .hasSize(50)
                .startsWith("some words 0")
                .endsWith("some words 49");
    }

    @Test
    void hiddenFiles() {
        DirectoryOptions options = new DirectoryOptions(true, Integer.MAX_VALUE, Duplicates.KEEP);
        for (String name : new String[] {"d", "e"}) {
            assertThat(reader.directory(shared("hidden-files-of-macos-and-jupyter/" + name), options))
                    .singleElement()
                    .asString()
                    .startsWith("words and words");
        }
    }

    /** Beside the repository, or above it. */
    private static Path shared(String name) {
        for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
            Path path = above.resolve(FILES).resolve(name);
            if (Files.exists(path)) {
                return path;
            }
        }
        return Assumptions.abort("skipped: there is no " + FILES + " beside a folder above this one");
    }
}
