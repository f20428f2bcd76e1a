package io.nanogpt.impl.experiment;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.experiment.Trial;
import io.nanogpt.impl.experiment.GridPoints.Point;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.FolderLock;
import io.nanogpt.spi.BatchTooLargeException;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * Runs a grid in a folder. A run is finished once its log file records that, which happens after its model is saved and
 * before its checkpoints are deleted; until then it is resumed from them.
 */
final class GridRun {
    private final Grid grid;
    private final Path folder;
    private final String version;
    private final Function<Trial, LanguageModel> recipe;
    private final RunLog log;
    /** Concurrent runs hold the read lock; a run that needs all memory holds the write lock. */
    private final ReentrantReadWriteLock memory = new ReentrantReadWriteLock(true);

    private final Object listenerLock = new Object();
    private volatile boolean stopping;

    GridRun(Grid grid, Path folder, String version, Function<Trial, LanguageModel> recipe) {
        this.grid = grid;
        this.folder = folder;
        this.version = version;
        this.recipe = recipe;
        log = new FolderRunLog(folder, version);
    }

    List<Run> run() {
        return runAll(GridPoints.withSeeds(grid));
    }

    /** Runs the run of an id. */
    Optional<Run> run(String id) {
        List<Point> points = GridPoints.withSeeds(grid).stream()
                .filter(point -> point.id().equals(id))
                .toList();
        if (points.isEmpty()) {
            throw new IllegalArgumentException("the grid has no run " + id + "; see its ids()");
        }
        return runAll(points).stream().findFirst();
    }

    private List<Run> runAll(List<Point> points) {
        FolderLock lock = lock();
        try (lock) {
            List<Point> open =
                    points.stream().filter(point -> !isSettled(point)).toList();
            if (!open.isEmpty()) {
                run(open);
            }
            return points.stream()
                    .flatMap(point -> log.get(point.id()).stream())
                    .toList();
        }
    }

    private FolderLock lock() {
        try {
            AtomicFiles.createFolder(folder);
            return FolderLock.tryTake(folder)
                    .orElseThrow(() -> new NanogptException(
                            "another experiment is running in " + folder + "; wait for it, or choose another folder"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    private boolean isSettled(Point point) {
        Run.State state = log.get(point.id()).map(Run::state).orElse(Run.State.UNFINISHED);
        if (state == Run.State.FINISHED) {
            remove(checkpoints(point)); // A crash may have left checkpoints behind.
        }
        return state != Run.State.UNFINISHED;
    }

    private void run(List<Point> points) {
        int processors = Runtime.getRuntime().availableProcessors();
        int parallel = Math.min(points.size(), grid.parallel().orElse(processors));
        int threads = Math.max(1, processors / parallel);
        ExecutorService pool = Executors.newFixedThreadPool(parallel, task -> new Thread(task, "nanogpt-experiment"));
        boolean interrupted = false;
        try {
            CompletionService<Point> runs = new ExecutorCompletionService<>(pool);
            for (Point point : points) {
                runs.submit(() -> {
                    run(point, threads, parallel > 1);
                    return point;
                });
            }
            for (int ended = 0; ended < points.size(); ended++) {
                runs.take().get();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (ExecutionException e) {
            throw unexpected(e);
        } finally {
            stopping = true;
            pool.shutdownNow();
            interrupted |= awaitEnd(pool);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The exception of the listener; rethrows an {@code Error}. */
    private static RuntimeException unexpected(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException exception ? exception : new IllegalStateException(e);
    }

    /** Waits for interrupted runs to end after their current step; returns whether this thread was interrupted, too. */
    private static boolean awaitEnd(ExecutorService pool) {
        boolean interrupted = false;
        while (true) {
            try {
                if (pool.awaitTermination(1, TimeUnit.DAYS)) {
                    return interrupted;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /** Runs a point; if memory is short beside other runs, tries again alone. */
    private void run(Point point, int threads, boolean concurrent) throws InterruptedException {
        Lock shared = memory.readLock();
        shared.lockInterruptibly();
        try {
            if (attempt(point, threads, concurrent)) {
                return;
            }
        } finally {
            shared.unlock();
        }
        Lock exclusive = memory.writeLock();
        exclusive.lockInterruptibly();
        try {
            attempt(point, threads, false);
        } finally {
            exclusive.unlock();
        }
    }

    /**
     * Runs a point.
     *
     * @param concurrent whether other runs may use memory at the same time
     * @return false if memory was short and may suffice alone
     */
    private boolean attempt(Point point, int threads, boolean concurrent) {
        RunRecorder recorder = new RunRecorder(
                this::addUnfinished,
                new RunRecorder.Request(point.id(), point.label(), point.texts(), point.seed(), version),
                Clock.systemUTC());
        try (LanguageModel model = recipe.apply(new Attempt(point, threads, recorder))) {
            Run run = recorder.run();
            if (run.measures().parameters() == 0) {
                throw new IllegalArgumentException(
                        "the recipe did not prepare its trainer; give it training(trial::prepare)");
            }
            if (run.state() == Run.State.FINISHED) {
                model.save(folder.resolve("models").resolve(point.id()));
            }
        } catch (BatchTooLargeException | OutOfMemoryError e) {
            if (concurrent) {
                return false;
            }
            recorder.onError(e);
        } catch (RuntimeException e) {
            if (stopping) {
                return true; // The failure may be due to the interrupt, which closes channels, for example.
            }
            recorder.onError(e);
        }
        settle(point, recorder.run());
        return true;
    }

    private void addUnfinished(Run run) {
        if (run.state() == Run.State.UNFINISHED) {
            log.add(run);
        }
    }

    private void settle(Point point, Run run) {
        log.add(run);
        if (run.state() == Run.State.FINISHED) {
            remove(checkpoints(point));
        }
        synchronized (listenerLock) {
            grid.listener().accept(run);
        }
    }

    private Path checkpoints(Point point) {
        return folder.resolve("checkpoints").resolve(point.id());
    }

    private static void remove(Path folder) {
        try {
            AtomicFiles.remove(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the checkpoints " + folder + ": " + e.getMessage(), e);
        }
    }

    /** One attempt at a trial. */
    private final class Attempt implements Trial {
        private final Point point;
        private final int threads;
        private final RunRecorder recorder;

        Attempt(Point point, int threads, RunRecorder recorder) {
            this.point = point;
            this.threads = threads;
            this.recorder = recorder;
        }

        @Override
        public String id() {
            return point.id();
        }

        @Override
        public String label() {
            return point.label();
        }

        @Override
        public Map<String, Object> settings() {
            return point.settings();
        }

        @Override
        public long seed() {
            return point.seed();
        }

        @Override
        public void prepare(TrainingSettings<?> trainer) {
            trainer.seed(point.seed())
                    .threads(threads)
                    .checkpoints(CheckpointConfig.in(checkpoints(point))
                            .withEvery(grid.checkpointEvery())
                            .withResume(true))
                    .listener(recorder);
        }
    }
}
