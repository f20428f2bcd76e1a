package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.impl.files.Utf8Files;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The {@code *.txt} files of a directory, links followed, in an order that is the same on every system. Hidden files and
 * folders are left out: other programs keep their own data and old copies there.
 */
final class TextDirectory {
    private static final String SUFFIX = ".txt";

    private TextDirectory() {}

    static List<String> read(Path directory, DirectoryOptions options) {
        Map<String, Path> files = files(directory, options.recursive());
        if (files.isEmpty()) {
            throw new NanogptException(directory + " has no *.txt file" + (options.recursive() ? " at any depth" : "")
                    + "; expected at least one");
        }
        Set<Object> seen = new HashSet<>();
        List<String> texts = new ArrayList<>();
        for (Path file : files.values()) {
            if (texts.size() == options.limit()) {
                break;
            }
            switch (options.duplicates()) {
                case KEEP -> texts.add(Utf8Files.read(file));
                case DROP_SAME_PATH -> {
                    if (seen.add(identity(file))) {
                        texts.add(Utf8Files.read(file));
                    }
                }
                case DROP_SAME_CONTENT -> {
                    // The texts are in memory anyway, so the set compares them whole and no hash can collide.
                    String text = Utf8Files.read(file);
                    if (seen.add(text)) {
                        texts.add(text);
                    }
                }
            }
        }
        return texts;
    }

    /** By path below the directory, with {@code /} on every system. */
    private static Map<String, Path> files(Path directory, boolean recursive) {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new NanogptException(directory + " is a file; expected a directory with *.txt files");
        }
        Map<String, Path> files = new TreeMap<>();
        try {
            Files.walkFileTree(
                    directory,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    recursive ? Integer.MAX_VALUE : 1,
                    new Collector(directory, files));
        } catch (IOException e) {
            throw Utf8Files.unreadable(directory, e);
        }
        return files;
    }

    /** An identity that all paths to one file share: the file system's key, or else the path without links. */
    private static Object identity(Path file) {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file.toRealPath() : key;
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
    }

    private static final class Collector extends SimpleFileVisitor<Path> {
        private final Path directory;
        private final Map<String, Path> files;

        Collector(Path directory, Map<String, Path> files) {
            this.directory = directory;
            this.files = files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(directory) && isHidden(folder)
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        /** By name, the same on every system; and the folder in which macOS packs such files. */
        private static boolean isHidden(Path path) {
            String name = String.valueOf(path.getFileName());
            return name.startsWith(".") || name.equals("__MACOSX");
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!file.toString().endsWith(SUFFIX) || isHidden(file)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink()) {
                // Links are followed, so one that is still a link leads nowhere.
                throw new NanogptException(file + " is a link to a file that does not exist; remove the link");
            }
            if (attributes.isRegularFile()) {
                String separator = file.getFileSystem().getSeparator();
                files.put(directory.relativize(file).toString().replace(separator, "/"), file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
            if (cause instanceof FileSystemLoopException) {
                // A link to a folder above it: its files are taken there.
                return FileVisitResult.CONTINUE;
            }
            throw cause;
        }
    }
}
