package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Utf8Files;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * One column of a Parquet file. DuckDB reads it, whose JDBC driver a user adds; nothing here is compiled against it. It is
 * told to load and install no extensions, so that it contacts no network.
 */
final class ParquetTexts {
    private static final String URL = "jdbc:duckdb:";
    private static final String TEXT = "VARCHAR";
    /** What a name of several files would have. */
    private static final String PATTERN = "*?[";

    private ParquetTexts() {}

    static List<String> read(Path file, String column) {
        if (!Files.exists(file)) {
            throw Utf8Files.unreadable(file, new NoSuchFileException(file.toString()));
        }
        if (file.toString().chars().anyMatch(c -> PATTERN.indexOf(c) >= 0)) {
            throw new NanogptException(file + " has one of the characters " + PATTERN
                    + " in its path, which DuckDB takes for a pattern of several files; rename it");
        }
        try (Connection connection = open(file)) {
            return read(connection, file, column);
        } catch (SQLException e) {
            throw new NanogptException(
                    "cannot read " + file + " as a Parquet file: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given"),
                    e);
        }
    }

    private static Connection open(Path file) throws SQLException {
        if (DriverManager.drivers().noneMatch(ParquetTexts::accepts)) {
            throw new NanogptException(file + " is a Parquet file, which the JDBC driver of DuckDB reads; add"
                    + " org.duckdb:duckdb_jdbc to the class path, or write the text to JSON lines, as pandas'"
                    + " read_parquet(...).to_json(..., orient=\"records\", lines=True) does");
        }
        Properties settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        return DriverManager.getConnection(URL, settings);
    }

    private static boolean accepts(Driver driver) {
        try {
            return driver.acceptsURL(URL);
        } catch (SQLException e) {
            return false;
        }
    }

    private static List<String> read(Connection connection, Path file, String column) throws SQLException {
        requireColumn(connection, file, column);
        String name = '"' + column.replace("\"", "\"\"") + '"';
        try (PreparedStatement query = connection.prepareStatement("SELECT " + name + " FROM read_parquet(?)")) {
            query.setString(1, file.toString());
            try (ResultSet rows = query.executeQuery()) {
                List<String> texts = new ArrayList<>();
                while (rows.next()) {
                    String text = rows.getString(1);
                    if (text == null) {
                        throw new NanogptException(file + ", row " + (texts.size() + 1)
                                + ": expected a text in the column \"" + column + "\", but there is none");
                    }
                    texts.add(text);
                }
                return texts;
            }
        }
    }

    private static void requireColumn(Connection connection, Path file, String column) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT * FROM read_parquet(?) LIMIT 0")) {
            query.setString(1, file.toString());
            try (ResultSet none = query.executeQuery()) {
                ResultSetMetaData columns = none.getMetaData();
                List<String> names = new ArrayList<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    names.add(columns.getColumnName(i));
                }
                int index = names.indexOf(column) + 1;
                if (index == 0) {
                    throw new NanogptException(
                            file + ": expected a column \"" + column + "\", but the columns are " + names);
                }
                if (!columns.getColumnTypeName(index).equals(TEXT)) {
                    throw new NanogptException(file + ": expected texts in the column \"" + column + "\", but they are "
                            + columns.getColumnTypeName(index));
                }
            }
        }
    }
}
