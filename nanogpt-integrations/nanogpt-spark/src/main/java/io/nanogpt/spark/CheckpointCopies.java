package io.nanogpt.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies the checkpoints of a run to a folder that outlives its machine, while the run goes on. */
class CheckpointCopies implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(CheckpointCopies.class.getName());
    private static final Pattern CHECKPOINT = Pattern.compile("step-\\d{8,10}(-epoch)?");
    private static final long PAUSE_MILLIS = 100;

    final RemoteFiles files;
    final Path local;
    final String remote;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "nanogpt-checkpoints");
    private @Nullable String lastFailure;

    /**
     * @param local the folder of the run, which need not exist
     * @param remote a URI
     */
    CheckpointCopies(RemoteFiles files, Path local, String remote) {
        this.files = files;
        this.local = local;
        this.remote = remote;
    }

    /** Begins to copy. */
    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Copies the newest checkpoint of the remote folder, if any, to this machine. */
    void download() {
        List<String> there = checkpoints(files.names(remote));
        if (!there.isEmpty()) {
            String newest = there.get(there.size() - 1);
            files.download(remote + "/" + newest, local.resolve(newest));
        }
    }

    static List<String> checkpoints(List<String> names) {
        return names.stream().filter(name -> CHECKPOINT.matcher(name).matches()).toList();
    }

    private void run() {
        boolean last = false;
        while (!last) {
            last = Uninterruptibly.get(() -> ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
            try {
                copy();
                lastFailure = null;
            } catch (RuntimeException e) {
                if (!String.valueOf(e.getMessage()).equals(lastFailure)) {
                    lastFailure = String.valueOf(e.getMessage());
                    LOGGER.log(
                            System.Logger.Level.WARNING,
                            "a checkpoint could not be copied to " + remote + ", and the run goes on: " + lastFailure);
                }
            }
        }
    }

    /** Copies new checkpoints. The remote folder then has those of the run, once there is a newer one. */
    void copy() {
        Set<String> there = new HashSet<>(checkpoints(files.names(remote)));
        boolean added = false;
        for (String name : here()) {
            added |= !there.contains(name) && upload(local.resolve(name), remote + "/" + name);
        }
        if (added) {
            there.removeAll(here());
            there.forEach(name -> files.delete(remote + "/" + name));
        }
    }

    /** Copies a file or folder; returns false if the run has deleted it for a newer one. */
    final boolean upload(Path from, String uri) {
        try {
            files.upload(from, uri);
            return true;
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException) || Files.exists(from)) {
                throw e;
            }
            return false;
        }
    }

    /** The checkpoints of the run on this machine, in order. */
    final List<String> here() {
        return checkpoints(list(local));
    }

    /** The names in a folder of this machine, in order; none if there is no folder. */
    static List<String> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of(); // The run has just deleted it.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Copies what there is, and ends. */
    @Override
    public void close() {
        ended.countDown();
        Uninterruptibly.get(() -> {
            thread.join();
            return remote;
        });
    }
}
