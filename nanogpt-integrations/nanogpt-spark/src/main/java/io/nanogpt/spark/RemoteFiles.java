package io.nanogpt.spark;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.util.SerializableConfiguration;

/** Files and folders of Hadoop file systems, by absolute URI. */
final class RemoteFiles implements Serializable {
    private static final long serialVersionUID = 1L;
    /** Prefix of what is not complete, which Hadoop's own readers ignore. */
    private static final String UNFINISHED = "_nanogpt-";

    private final SerializableConfiguration configuration;

    RemoteFiles(Configuration configuration) {
        this.configuration = new SerializableConfiguration(configuration);
    }

    /** An action on files that may fail. */
    @FunctionalInterface
    interface Action<T> {
        T run(FileSystem files, Path path) throws IOException;
    }

    /**
     * Checks that a URI is absolute, and returns it without slashes at its end.
     *
     * @throws IllegalArgumentException if it is not
     */
    static String requireAbsolute(String what, String uri) {
        if (!isAbsolute(uri)) {
            throw new IllegalArgumentException(what + " must be an absolute URI, because every machine of the cluster"
                    + " resolves it, but is \"" + uri + "\"; write hdfs:///..., s3a://... or, for a folder that all"
                    + " machines share, file:///...");
        }
        return uri.matches("[a-zA-Z0-9+.-]+:/+") ? uri : uri.replaceAll("/+$", "");
    }

    private static boolean isAbsolute(String uri) {
        try {
            // A single letter is a drive of Windows.
            String scheme = uri.isBlank() ? null : new Path(uri).toUri().getScheme();
            return scheme != null && scheme.length() > 1;
        } catch (IllegalArgumentException e) {
            return false; // Such as file:name, or a colon within a relative path.
        }
    }

    <T> T at(String uri, Action<T> action) {
        Path path = new Path(uri);
        try {
            return action.run(fileSystem(path), path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + uri + ": " + e.getMessage(), e);
        }
    }

    private FileSystem fileSystem(Path path) throws IOException {
        try {
            return path.getFileSystem(configuration.value());
        } catch (UnsupportedFileSystemException | RuntimeException e) { // RuntimeException: its class is missing.
            throw new NanogptException(
                    "cannot open the file system of " + path + ": " + e.getMessage() + "; if its scheme is right, give"
                            + " the application the jars of that file system, such as those of hadoop-aws for s3a, and"
                            + " its settings, spark.hadoop...",
                    e);
        }
    }

    /** The files that a URI names, which may have wildcards, in the order of their paths. */
    List<String> glob(String pattern) {
        return at(pattern, (files, path) -> {
            FileStatus[] found = files.globStatus(path);
            if (found == null || found.length == 0) {
                throw new NanogptException("there is no file " + pattern);
            }
            return Arrays.stream(found)
                    .filter(FileStatus::isFile)
                    .map(file -> file.getPath().toString())
                    .sorted()
                    .toList();
        });
    }

    boolean exists(String uri) {
        return at(uri, FileSystem::exists);
    }

    /** The names in a folder, without those that are not complete; none if there is no folder. */
    List<String> names(String folder) {
        return at(folder, (files, path) -> {
            if (!files.exists(path)) {
                return List.of();
            }
            return Arrays.stream(files.listStatus(path))
                    .map(file -> file.getPath().getName())
                    .filter(name -> !name.startsWith("_") && !name.startsWith("."))
                    .sorted()
                    .toList();
        });
    }

    /** What changes when a file or folder is replaced. */
    String version(String uri) {
        return at(uri, (files, path) -> {
            List<FileStatus> all = new ArrayList<>(List.of(files.getFileStatus(path)));
            if (all.get(0).isDirectory()) {
                all.addAll(Arrays.asList(files.listStatus(path)));
            }
            StringBuilder version = new StringBuilder();
            for (FileStatus file : all) {
                version.append(file.getPath().getName())
                        .append(' ')
                        .append(file.getLen())
                        .append(' ')
                        .append(file.getModificationTime())
                        .append('\n');
            }
            return version.toString();
        });
    }

    long bytes(String uri) {
        return at(uri, (files, path) -> files.getFileStatus(path).getLen());
    }

    InputStream open(String uri) {
        return at(uri, FileSystem::open);
    }

    /** Copies a file or a folder to this machine. */
    void download(String uri, java.nio.file.Path to) {
        at(uri, (files, path) -> {
            download(files, files.getFileStatus(path), to);
            return to;
        });
    }

    private static void download(FileSystem files, FileStatus from, java.nio.file.Path to) throws IOException {
        if (from.isFile()) {
            folder(to.toAbsolutePath().resolveSibling(""));
            try (InputStream in = files.open(from.getPath())) {
                Files.copy(in, to);
            }
            return;
        }
        Files.createDirectories(to);
        for (FileStatus file : files.listStatus(from.getPath())) {
            download(files, file, to.resolve(file.getPath().getName()));
        }
    }

    /** Copies a file or a folder of this machine, and replaces what is there once the copy is complete. */
    void upload(java.nio.file.Path from, String uri) {
        at(uri, (files, path) -> {
            Path folder = path.getParent();
            Path temporary = new Path(folder, UNFINISHED + UUID.randomUUID() + "-" + path.getName());
            try {
                files.mkdirs(folder);
                upload(files, from, temporary);
                replace(files, temporary, path);
            } finally {
                files.delete(temporary, true);
            }
            return path;
        });
    }

    private static void upload(FileSystem files, java.nio.file.Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            try (var out = files.create(to, true)) {
                Files.copy(from, out);
            }
            return;
        }
        files.mkdirs(to);
        List<java.nio.file.Path> children;
        try (Stream<java.nio.file.Path> list = Files.list(from)) {
            // Without .lock, which is of this machine.
            children = list.filter(child -> !child.getFileName().toString().startsWith("."))
                    .toList();
        }
        for (java.nio.file.Path child : children) {
            upload(files, child, new Path(to, child.getFileName().toString()));
        }
    }

    /** Another attempt at the task may do the same; both have the same bytes. */
    private static void replace(FileSystem files, Path from, Path to) throws IOException {
        for (int attempt = 0; attempt < 3; attempt++) {
            files.delete(to, true);
            if (files.rename(from, to)) {
                return;
            }
        }
        throw new IOException("cannot rename " + from + " to " + to);
    }

    void delete(String uri) {
        at(uri, (files, path) -> files.delete(path, true));
    }

    /** Creates a folder on this machine for the files of a task. */
    static java.nio.file.Path scratch() {
        try {
            return Files.createTempDirectory("nanogpt-spark-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a folder for temporary files: " + e.getMessage(), e);
        }
    }

    /** Creates a folder of this machine. */
    static java.nio.file.Path folder(java.nio.file.Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Deletes a folder of this machine. */
    static void deleteLocal(java.nio.file.Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<java.nio.file.Path> paths = Files.walk(folder)) {
            for (java.nio.file.Path path :
                    paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder + ": " + e.getMessage(), e);
        }
    }
}
