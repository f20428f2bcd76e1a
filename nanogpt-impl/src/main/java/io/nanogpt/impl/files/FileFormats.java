package io.nanogpt.impl.files;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Formats of binary files by their first bytes, for messages. */
public final class FileFormats {
    /** The first bytes as Latin-1, and what to do. */
    private static final Map<String, String> BINARY = Map.ofEntries(
            Map.entry(
                    "PAR1",
                    "a Parquet file; read a column of it, by Corpus.ofParquet or a name that ends with .parquet"),
            Map.entry("\u001F\u008B", "a gzip file; decompress it with gunzip"),
            Map.entry("(\u00B5/\u00FD", "a Zstandard file; decompress it with zstd -d"),
            Map.entry("BZh", "a bzip2 file; decompress it with bunzip2"),
            Map.entry("\u00FD7zXZ", "an xz file; decompress it with unxz"),
            Map.entry("\u0004\"M\u0018", "an LZ4 file; decompress it with lz4 -d"),
            Map.entry("PK\u0003\u0004", "a ZIP archive; unpack it, and give a file of it"),
            Map.entry("7z\u00BC\u00AF", "a 7z archive; unpack it, and give a file of it"),
            Map.entry("%PDF", "a PDF file; convert it to text, for example with pdftotext"),
            Map.entry("ARROW1", "an Arrow file; write its text to JSON lines"),
            Map.entry("\u0093NUMPY", "an array of NumPy"),
            Map.entry("SQLite format 3", "an SQLite database; export its text to CSV"),
            Map.entry("GGUF", "a GGUF file"));

    private FileFormats() {}

    /** What a file is, and what to do with it; empty if its first bytes are not known. */
    public static Optional<String> binary(byte[] bytes) {
        String begin = new String(bytes, 0, Math.min(bytes.length, 16), StandardCharsets.ISO_8859_1);
        return BINARY.entrySet().stream()
                .filter(entry -> begin.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
