package io.nanogpt.impl.checkpoint;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.FolderLock;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.impl.interop.SafetensorsWriter;
import io.nanogpt.impl.interop.TouchedRows;
import io.nanogpt.impl.train.Snapshot;
import io.nanogpt.impl.train.TrainingRun.CheckpointStore;
import io.nanogpt.train.CheckpointConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of checkpoints, each a folder {@code step-N}: a saved model with {@code optimizer.safetensors},
 * {@code training_state.json} and, where the run keeps its best weights or averages them,
 * {@code best.safetensors} and {@code averaged.safetensors}. Each is written
 * under a temporary name and renamed once it is complete on disk. The folder is one run's from the reading on until it is
 * closed; another run, of any process, is refused.
 */
public final class CheckpointFolder implements CheckpointStore {
    private static final Pattern NAME = Pattern.compile("step-(\\d{8,10})(-epoch)?");
    /** Prefix of the names of checkpoints that are being written or deleted. */
    private static final String UNFINISHED = ".checkpoint-";

    private static final String WEIGHTS = "model.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String BEST = "best.safetensors";
    private static final String AVERAGED = "averaged.safetensors";
    private static final String STATE = "training_state.json";
    /** Of the metadata of the weights and moments of a replica. */
    private static final String STEP = "step";
    /** The least number of checkpoints that are kept of replicas: a worker may be lost before it has written the newest. */
    private static final int LEAST_OF_REPLICAS = 2;

    private final CheckpointConfig settings;
    private final RunIdentity identity;
    private Optional<String> difference = Optional.empty();
    /** Null until the folder could be locked. */
    private @Nullable FolderLock lock;

    /** Uses a folder that need not exist yet. */
    public CheckpointFolder(CheckpointConfig settings, RunIdentity identity) {
        this.settings = settings;
        this.identity = identity;
    }

    /** One checkpoint. */
    private record Entry(int step, boolean epochEnd, Path path) {}

    @Override
    public List<Integer> steps(Snapshot snapshot) {
        boolean exists = Files.isDirectory(settings.folder());
        try {
            lock();
        } catch (IOException e) {
            if (exists) {
                throw cannotLock(e);
            }
            return List.of(); // The run goes on, and a checkpoint tries again.
        }
        removeUnfinished();
        List<Entry> entries = entries();
        if (!entries.isEmpty() && !settings.resume()) {
            throw new IllegalArgumentException(
                    settings.folder() + " holds checkpoints of an earlier run; resume it, or choose another folder");
        }
        for (Entry entry : entries) {
            requireReplicas(entry.path(), snapshot);
        }
        return entries.stream().map(Entry::step).toList();
    }

    /** A checkpoint is written with all replicas of its worker, so that one without is of another division of the replicas. */
    private static void requireReplicas(Path path, Snapshot snapshot) {
        for (int number : snapshot.replicas().keySet()) {
            if (!Files.exists(path.resolve(replica(number)))) {
                throw new NanogptException(
                        path + " has no " + replica(number) + ", which this worker needs; copy it from the checkpoint"
                                + " of the worker that had this replica, or delete all"
                                + " checkpoints to begin anew");
            }
        }
    }

    private static String replica(int number) {
        return "replica-" + number + ".safetensors";
    }

    @Override
    public void read(int step, Snapshot snapshot) {
        Path path = entries().stream()
                .filter(entry -> entry.step() == step)
                .findFirst()
                .orElseThrow(() -> new NanogptException(
                        "there is no checkpoint of step " + step + " any more in " + settings.folder()))
                .path();
        if (snapshot.hasModel()) {
            read(path, snapshot);
        }
        snapshot.replicas().forEach((number, replica) -> {
            Path file = path.resolve(replica(number));
            requireStep(file, step);
            read(file, replica, replica::value);
            readMoments(file, replica);
        });
    }

    private static void requireStep(Path path, int step) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            String then = file.metadata().getOrDefault(STEP, "none");
            if (!then.equals(Integer.toString(step))) {
                throw new NanogptException(path + " is of step " + then + ", and not of step " + step
                        + " as the checkpoint; delete this checkpoint to resume from the one before it");
            }
        }
    }

    private void read(Path path, Snapshot snapshot) {
        TrainingState state = TrainingState.read(path.resolve(STATE));
        identity.requireSame(state, path);
        difference = identity.otherArithmetic(state, path);
        state.files().forEach((name, tensors) -> requireSame(path.resolve(name), tensors));
        read(path.resolve(WEIGHTS), snapshot, snapshot::value);
        readMoments(path.resolve(OPTIMIZER), snapshot);
        if (snapshot.keepsBest()) {
            Path best = path.resolve(BEST);
            if (!Files.exists(best)) {
                throw new NanogptException(path + " holds no " + BEST
                        + ", because the run did not keep its best weights;" + " resume it without keepBest");
            }
            read(best, snapshot, snapshot::best);
        }
        if (snapshot.averages()) {
            read(path.resolve(AVERAGED), snapshot, snapshot::average);
        }
        snapshot.progress(state.progress());
    }

    /** Refuses a file of another checkpoint. */
    private static void requireSame(Path path, String identity) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            if (!file.identity().equals(identity)) {
                throw new NanogptException(path + " was not written with the " + STATE
                        + " beside it: they are of different checkpoints; delete this checkpoint to resume from the"
                        + " one before it");
            }
        }
    }

    private static Map<String, String> identities(Path folder) {
        Map<String, String> identities = new LinkedHashMap<>();
        for (String name : List.of(WEIGHTS, OPTIMIZER, BEST, AVERAGED)) {
            if (Files.exists(folder.resolve(name))) {
                try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(name))) {
                    identities.put(name, file.identity());
                }
            }
        }
        return identities;
    }

    private static void read(Path path, Snapshot snapshot, Function<String, float[]> destination) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (ParameterSpec spec : snapshot.specs()) {
                float[] values = TouchedRows.read(file, spec, snapshot.specs());
                copy(file, spec.name(), values, destination.apply(spec.name()));
            }
        }
    }

    private static void readMoments(Path path, Snapshot snapshot) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (ParameterSpec spec : snapshot.specs()) {
                for (int order = 1; order <= snapshot.moments(spec).size(); order++) {
                    String name = moment(spec.name(), order);
                    copy(file, name, file.floats(name), snapshot.moment(spec.name(), order));
                }
            }
        }
    }

    private static void copy(SafetensorsFile file, String tensor, float[] values, float[] destination) {
        if (values.length != destination.length) {
            throw new NanogptException(file.name() + ": the tensor " + tensor + " has " + values.length
                    + " elements, but the run needs " + destination.length
                    + "; delete this checkpoint to resume from the one before it");
        }
        System.arraycopy(values, 0, destination, 0, destination.length);
    }

    private static String moment(String parameter, int order) {
        return parameter + ".moment" + order;
    }

    @Override
    public Optional<String> difference() {
        return difference;
    }

    @Override
    public void write(Snapshot snapshot, boolean epochEnd) {
        try {
            lock();
        } catch (IOException e) {
            throw cannotLock(e);
        }
        writeLocked(snapshot, epochEnd);
    }

    /** Keeps other runs out, whose checkpoints would be mixed with those of this one. */
    private void lock() throws IOException {
        if (lock == null) {
            AtomicFiles.createFolder(settings.folder());
            lock = FolderLock.tryTake(settings.folder())
                    .orElseThrow(() -> new NanogptException("another run keeps its checkpoints in " + settings.folder()
                            + "; wait until it ends, or choose another folder for this run"));
        }
    }

    private UncheckedIOException cannotLock(IOException e) {
        return new UncheckedIOException(
                "cannot lock the folder of checkpoints " + settings.folder() + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }

    private void writeLocked(Snapshot snapshot, boolean epochEnd) {
        int step = snapshot.progress().step();
        String name = String.format(Locale.ROOT, "step-%08d%s", step, epochEnd ? "-epoch" : "");
        Path staging = settings.folder().resolve(UNFINISHED + name);
        try {
            remove(staging);
            snapshot.replicas()
                    .forEach((number, replica) -> writeReplica(staging.resolve(replica(number)), step, replica));
            if (snapshot.hasModel()) {
                writeModel(staging, snapshot);
            }
            Path target = settings.folder().resolve(name);
            remove(target);
            AtomicFiles.moveFolder(staging, target);
            prune(snapshot);
        } finally {
            remove(staging);
        }
    }

    private void writeModel(Path folder, Snapshot snapshot) {
        identity.writeModel(folder, snapshot);
        writeMoments(folder.resolve(OPTIMIZER), snapshot);
        if (snapshot.keepsBest()) {
            writeCopies(folder.resolve(BEST), snapshot, snapshot::best);
        }
        if (snapshot.averages()) {
            writeCopies(folder.resolve(AVERAGED), snapshot, snapshot::average);
        }
        new TrainingState(snapshot.progress(), identity.recorded(), identities(folder)).write(folder.resolve(STATE));
    }

    private static void writeReplica(Path file, int step, Snapshot replica) {
        SafetensorsWriter writer = new SafetensorsWriter().withChecksums().metadata(STEP, Integer.toString(step));
        for (ParameterSpec spec : replica.specs()) {
            add(writer, spec.name(), spec.shape(), replica.value(spec.name()));
        }
        addMoments(writer, replica);
        writer.write(file);
    }

    private static void writeMoments(Path file, Snapshot snapshot) {
        SafetensorsWriter writer = new SafetensorsWriter().withChecksums();
        addMoments(writer, snapshot);
        writer.write(file);
    }

    private static void addMoments(SafetensorsWriter writer, Snapshot snapshot) {
        for (ParameterSpec spec : snapshot.specs()) {
            List<Shape> shapes = snapshot.moments(spec);
            for (int order = 1; order <= shapes.size(); order++) {
                add(writer, moment(spec.name(), order), shapes.get(order - 1), snapshot.moment(spec.name(), order));
            }
        }
    }

    private static void writeCopies(Path file, Snapshot snapshot, Function<String, float[]> copies) {
        SafetensorsWriter writer = new SafetensorsWriter().withChecksums();
        for (ParameterSpec spec : snapshot.specs()) {
            TouchedRows.add(writer, spec, snapshot.specs(), copies.apply(spec.name()));
        }
        writer.write(file);
    }

    private static void add(SafetensorsWriter writer, String name, Shape shape, float[] values) {
        writer.add(name, shape, destination -> System.arraycopy(values, 0, destination, 0, values.length));
    }

    /**
     * Deletes all checkpoints but the newest, the best, and those at the ends of epochs; and those of later steps, which not all
     * workers had.
     */
    private void prune(Snapshot snapshot) {
        int step = snapshot.progress().step();
        int bestStep = snapshot.progress().bestStep();
        List<Entry> entries = new ArrayList<>(entries());
        entries.stream().filter(entry -> entry.step() > step).forEach(entry -> remove(entry.path()));
        entries.removeIf(entry -> entry.step() > step);
        int last =
                snapshot.replicas().isEmpty() ? settings.keepLast() : Math.max(settings.keepLast(), LEAST_OF_REPLICAS);
        for (Entry entry : entries.subList(0, Math.max(0, entries.size() - last))) {
            if (!entry.epochEnd() && entry.step() != bestStep) {
                remove(entry.path());
            }
        }
    }

    /** The checkpoints from the oldest to the newest. */
    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (Path path : list()) {
            Matcher matcher = NAME.matcher(String.valueOf(path.getFileName()));
            if (matcher.matches()) {
                entries.add(new Entry(step(matcher.group(1), path), matcher.group(2) != null, path));
            }
        }
        entries.sort(Comparator.comparingInt(Entry::step));
        return entries;
    }

    private static int step(String digits, Path path) {
        long step = Long.parseLong(digits);
        if (step > Integer.MAX_VALUE) {
            throw new NanogptException(path + " is named as a checkpoint of step " + step
                    + ", but there are at most " + Integer.MAX_VALUE
                    + " steps; move it out of the folder of checkpoints");
        }
        return (int) step;
    }

    private void removeUnfinished() {
        for (Path path : list()) {
            if (String.valueOf(path.getFileName()).startsWith(UNFINISHED)) {
                remove(path);
            }
        }
    }

    private List<Path> list() {
        if (!Files.isDirectory(settings.folder())) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(settings.folder())) {
            return paths.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the checkpoints in " + settings.folder(), e);
        }
    }

    /** Renames a checkpoint before deleting it, so that a crash leaves no partial one. */
    private static void remove(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Path doomed = path;
            String name = String.valueOf(path.getFileName());
            if (!name.startsWith(UNFINISHED)) {
                doomed = path.resolveSibling(UNFINISHED + "removed-" + name);
                Files.move(path, doomed);
            }
            AtomicFiles.remove(doomed);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the old checkpoint " + path, e);
        }
    }
}
