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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder of a study's results. The log of runs tells runs apart by their settings; what all runs of a study share, its
 * text and its size, is written to the file {@code study.txt}, so that runs of another study do not pass for its own.
 */
final class StudyFolder {
    private static final String NAME = "study.txt";

    private StudyFolder() {}

    /**
     * Writes what the runs share, if the folder has no results yet.
     *
     * @param shared what the runs share, by name
     * @throws IllegalArgumentException if the folder has results of a study that differs in any of it
     */
    static void claim(Path folder, Map<String, String> shared) throws IOException {
        Path file = folder.resolve(NAME);
        Map<String, String> known = new TreeMap<>();
        if (Files.exists(file) && hasResults(folder)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(": ", 2);
                known.put(parts[0], parts[parts.length - 1]);
            }
        }
        for (Map.Entry<String, String> entry : new TreeMap<>(shared).entrySet()) {
            String there = known.putIfAbsent(entry.getKey(), entry.getValue());
            if (there != null && !there.equals(entry.getValue())) {
                throw new IllegalArgumentException("--out " + folder + " holds results of another study: its "
                        + entry.getKey() + " is " + there + ", and that of this one is " + entry.getValue()
                        + "; give another --out, or the study, text and options of before");
            }
        }
        Files.createDirectories(folder);
        Files.write(
                file,
                known.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .toList());
    }

    /** Whether anything was trained in a folder, or begun. */
    private static boolean hasResults(Path folder) throws IOException {
        return hasFile(folder.resolve("runs"), ".json")
                || hasFile(folder.resolve("checkpoints"), "")
                || Files.exists(folder.resolve("leaderboard.csv"));
    }

    private static boolean hasFile(Path folder, String end) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(end));
        }
    }

    /**
     * What tells a text, a file or the files of a folder, from others: bytes, and the beginning of their SHA-256.
     *
     * @param option that named it
     * @throws IllegalArgumentException if there is no such file
     */
    static String fingerprint(String option, Path text) throws IOException {
        if (!Files.exists(text)) {
            throw new IllegalArgumentException(option + " must be a file that exists, but " + text + " does not");
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(text)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        MessageDigest digest = sha256();
        long bytes = 0;
        for (Path file : files) {
            try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
                bytes += stream.transferTo(OutputStream.nullOutputStream());
            }
        }
        return String.format(
                Locale.ROOT,
                "%,d bytes with SHA-256 %s...",
                bytes,
                HexFormat.of().formatHex(digest.digest(), 0, 8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
