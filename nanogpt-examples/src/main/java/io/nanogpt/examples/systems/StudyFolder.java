package io.nanogpt.examples.systems;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder of a study's results. The log of runs tells runs apart by their settings; what all runs of a study share, its
 * text and its size, is written to the file {@code study.txt}, so that runs of another study do not pass for its own.
 */
final class StudyFolder {
    private static final String NAME = "study.txt";

    private StudyFolder() {}

    /**
     * Writes what the runs share, if the folder does not have it yet.
     *
     * @param shared what the runs share, by the names of options without dashes
     * @throws IllegalArgumentException if the folder is of a study that differs in any of it
     */
    static void claim(Path folder, Map<String, String> shared) throws IOException {
        Path file = folder.resolve(NAME);
        Map<String, String> known = new TreeMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(": ", 2);
                known.put(parts[0], parts[parts.length - 1]);
            }
        }
        for (Map.Entry<String, String> entry : shared.entrySet()) {
            String there = known.putIfAbsent(entry.getKey(), entry.getValue());
            if (there != null && !there.equals(entry.getValue())) {
                throw new IllegalArgumentException("--out " + folder + " holds runs of --" + entry.getKey() + " "
                        + there + ", but here it is " + entry.getValue()
                        + "; give another --out, or the same --" + entry.getKey() + " as before");
            }
        }
        Files.createDirectories(folder);
        Files.write(
                file,
                known.entrySet().stream()
                        .map(e -> e.getKey() + ": " + e.getValue())
                        .toList());
    }

    /** What tells a text, a file or the files of a folder, from others: bytes, and the beginning of their SHA-256. */
    static String fingerprint(Path text) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(text)) {
            files = all.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
        }
        MessageDigest digest = sha256();
        long bytes = 0;
        for (Path file : files) {
            try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
                bytes += stream.transferTo(OutputStream.nullOutputStream());
            }
        }
        return String.format("(%d bytes, SHA-256 %s)", bytes, HexFormat.of().formatHex(digest.digest(), 0, 8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
