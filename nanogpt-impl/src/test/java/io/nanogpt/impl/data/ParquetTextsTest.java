package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTextsTest {
    @TempDir
    private Path folder;

    private Path write(String name, String query) throws SQLException {
        Path file = folder.resolve(name);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
        }
        return file;
    }

    @Test
    void readsAColumnInOrder() throws SQLException {
        Path file = write(
                "a.parquet",
                "SELECT 'z\u00FCrich ' || range AS \"my \"\"text\", range AS n FROM range(5000) ORDER BY range");
        assertThat(ParquetTexts.read(file, "my \"text"))
                .hasSize(5000)
                .startsWith("z\u00FCrich 0", "z\u00FCrich 1")
                .endsWith("z\u00FCrich 4999");
        assertThatThrownBy(() -> ParquetTexts.read(file, "n"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("texts in the column \"n\", but they are BIGINT");
        assertThatThrownBy(() -> ParquetTexts.read(file, "text"))
                .hasMessageContaining("but the columns are [my \"text, n]");
    }

    @Test
    void namesRowsWithoutText() throws SQLException {
        Path file = write("a.parquet", "SELECT * FROM (VALUES ('a'), (NULL)) AS t(text)");
        assertThatThrownBy(() -> ParquetTexts.read(file, "text"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("a.parquet, row 2: expected a text");
    }

    @Test
    void refusesWhatIsNoParquetFile() throws IOException {
        Path broken = Files.writeString(folder.resolve("b.parquet"), "PAR1 and nothing more");
        assertThatThrownBy(() -> ParquetTexts.read(broken, "text"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("b.parquet as a Parquet file");
        assertThatThrownBy(() -> ParquetTexts.read(folder.resolve("missing.parquet"), "text"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("it does not exist");
        Path pattern = Files.writeString(folder.resolve("c[1].parquet"), "x");
        assertThatThrownBy(() -> ParquetTexts.read(pattern, "text")).hasMessageContaining("rename it");
    }
}
