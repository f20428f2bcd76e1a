package io.nanogpt.examples.benchmarks.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Copies, compares and deletes folders; never follows links. */
final class Folders {
    private Folders() {}

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    static void copy(Path from, Path to) throws IOException {
        for (Path path : walk(from)) {
            Path target = to.resolve(from.relativize(path).toString());
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(target);
            } else {
                Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** The folder itself and all below it. */
    static List<Path> walk(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            return inside.sorted().toList();
        }
    }

    /** Names of files and folders below a folder, each with its size and time of change. */
    static Map<String, String> listing(Path folder) throws IOException {
        Map<String, String> listing = new TreeMap<>();
        for (Path path : walk(folder)) {
            if (!path.equals(folder)) {
                String about = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                        ? "folder"
                        : Files.size(path) + " bytes of " + Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
                listing.put(folder.relativize(path).toString(), about);
            }
        }
        return listing;
    }

    /** Names of files below a folder, each with the SHA-256 of its content; links and folders with their kind. */
    static Map<String, String> hashes(Path folder) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (Path path : walk(folder)) {
            String name = folder.relativize(path).toString();
            if (Files.isSymbolicLink(path)) {
                hashes.put(name, "link to " + Files.readSymbolicLink(path));
            } else {
                hashes.put(name, Files.isDirectory(path) ? "folder" : hash(Files.readAllBytes(path)));
            }
        }
        return hashes;
    }

    /** Hashes of all weights and moments of the models and checkpoints in a folder, by their names. */
    static Map<String, String> tensors(Path folder) throws IOException {
        Map<String, String> hashes = hashes(folder);
        hashes.keySet().removeIf(name -> !name.endsWith(".safetensors"));
        return hashes;
    }

    static long bytes(Path folder) throws IOException {
        long bytes = 0;
        for (Path path : walk(folder)) {
            bytes += Files.isRegularFile(path) ? Files.size(path) : 0;
        }
        return bytes;
    }

    static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
