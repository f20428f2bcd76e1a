package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A run log as one JSON file per run; other files in its folder are left alone. */
final class FolderRunLog implements RunLog {
    private static final String SUFFIX = ".json";
    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path folder;

    private final String version;
    private final Clock clock;

    /**
     * Opens a log.
     *
     * @param version of the library, recorded with every run
     */
    FolderRunLog(Path folder, String version) {
        this(folder, version, Clock.systemUTC());
    }

    /** With the clock that tells when runs start. */
    FolderRunLog(Path folder, String version, Clock clock) {
        this.folder = folder;
        this.version = version;
        this.clock = clock;
    }

    @Override
    public TrainingListener recorder(String label, Map<String, String> settings) {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        String id = ID_TIME.format(clock.instant()) + "-" + random;
        return new RunRecorder(this::add, new RunRecorder.Request(id, label, settings, 0, version), clock);
    }

    @Override
    public List<Run> list() {
        return files().stream()
                // Another process may have deleted a listed file.
                .flatMap(file -> read(file).stream())
                .sorted(Comparator.comparing(Run::startedAt).thenComparing(Run::id))
                .toList();
    }

    @Override
    public Optional<Run> get(String id) {
        return read(file(id));
    }

    @Override
    public void add(Run run) {
        AtomicFiles.write(file(run.id()), out -> RunJson.write(run, out));
    }

    @Override
    public boolean delete(String id) {
        return delete(file(id));
    }

    @Override
    public int clear() {
        return (int) files().stream().filter(FolderRunLog::delete).count();
    }

    @Override
    public String toString() {
        return "the run log in " + folder;
    }

    private Path file(String id) {
        Run.requireId(id);
        return folder.resolve(id + SUFFIX);
    }

    private static Optional<Run> read(Path file) {
        return Files.isRegularFile(file) ? Optional.of(RunJson.read(file, id(file))) : Optional.empty();
    }

    private static String id(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - SUFFIX.length());
    }

    private static boolean delete(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }

    /** The files of runs; names that start with a dot are temporary files of a write in progress. */
    private List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> {
                        String name = String.valueOf(path.getFileName());
                        return name.endsWith(SUFFIX) && !name.startsWith(".");
                    })
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the runs in " + folder + ": " + e.getMessage(), e);
        }
    }
}
