package io.nanogpt.spark;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.experiment.Trial;
import io.nanogpt.train.TrainingSettings;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A run of a grid, a task for each of its runs, which has the id and the weights that it has on one machine. The folder is a run log
 * with the models in {@code models/ID}, as that of {@link Grid#run}. A task that is repeated resumes from the checkpoints of
 * its run.
 */
public final class SparkSweep {
    private static final String MODELS = "models";
    private static final String CHECKPOINTS = "checkpoints";
    private static final String LOGGED = ".json";

    private final JavaSparkContext context;
    private final RemoteFiles files;
    private final Grid grid;

    SparkSweep(JavaSparkContext context, RemoteFiles files, Grid grid) {
        this.context = context;
        this.files = files;
        this.grid = grid;
    }

    /** A grid as tasks receive it. */
    private record Points(
            Map<String, Object> base,
            Map<String, List<Object>> varied,
            List<Point> variants,
            List<Long> seeds,
            int checkpointEvery)
            implements Serializable {
        private record Point(String label, Map<String, Object> settings) implements Serializable {}

        static Points of(Grid grid) {
            Map<String, List<Object>> varied = new LinkedHashMap<>();
            grid.varied().forEach((name, values) -> varied.put(name, new ArrayList<>(values)));
            List<Point> variants = new ArrayList<>();
            grid.variants()
                    .forEach(variant ->
                            variants.add(new Point(variant.label(), new LinkedHashMap<>(variant.settings()))));
            return new Points(
                    new LinkedHashMap<>(grid.base()),
                    varied,
                    variants,
                    new ArrayList<>(grid.seeds()),
                    grid.checkpointEvery());
        }

        Grid grid() {
            List<Grid.Variant> points = variants.stream()
                    .map(point -> new Grid.Variant(point.label(), point.settings()))
                    .toList();
            return new Grid(base, varied, points, seeds, OptionalInt.of(1), checkpointEvery, run -> {});
        }
    }

    /**
     * Runs the runs of the grid that the folder does not have. Its {@code parallel} is not used: as many runs are computed at once as
     * there are slots, with {@code spark.task.cpus} threads each.
     *
     * @param uri absolute, of the folder
     * @param recipe trains the model of a trial, with the settings applied by {@link Trial#prepare}
     * @return the runs in the order of points and seeds; failed ones have their error
     * @throws IllegalArgumentException if two points have the same settings
     */
    public List<Run> run(String uri, SparkFunction<Trial, LanguageModel> recipe) {
        String folder = RemoteFiles.requireAbsolute("the folder of the runs", uri);
        Objects.requireNonNull(recipe, "recipe");
        List<String> ids = grid.ids();
        List<Run> settled = log(folder, ids);
        List<String> open = new ArrayList<>(ids);
        settled.forEach(run -> open.remove(run.id()));
        if (!open.isEmpty()) {
            Points points = Points.of(grid);
            RemoteFiles remote = files;
            context.parallelize(open, open.size())
                    .map(id -> run(remote, points, folder, id, recipe))
                    .collect();
        }
        List<Run> runs = log(folder, ids);
        runs.stream().filter(run -> open.contains(run.id())).forEach(grid.listener());
        return runs;
    }

    /** The finished and failed runs. */
    private List<Run> log(String folder, List<String> ids) {
        Path copy = RemoteFiles.scratch();
        try {
            List<String> there = files.names(folder);
            RunLog log = RunLog.open(copy);
            List<Run> runs = new ArrayList<>();
            for (String id : ids) {
                if (there.contains(id + LOGGED)) {
                    files.download(folder + "/" + id + LOGGED, copy.resolve(id + LOGGED));
                    log.get(id)
                            .filter(run -> run.state() != Run.State.UNFINISHED)
                            .ifPresent(runs::add);
                }
            }
            return runs;
        } finally {
            RemoteFiles.deleteLocal(copy);
        }
    }

    private static String run(
            RemoteFiles files, Points points, String folder, String id, SparkFunction<Trial, LanguageModel> recipe) {
        Cluster.requireVectorModule();
        Path local = RemoteFiles.scratch();
        try {
            Path models = local.resolve(MODELS).resolve(id);
            String checkpoints = folder + "/" + CHECKPOINTS + "/" + id;
            CheckpointCopies copies =
                    new CheckpointCopies(files, local.resolve(CHECKPOINTS).resolve(id), checkpoints);
            copies.download();
            copies.start();
            Run run;
            try (copies) {
                run = points.grid()
                        .run(local, id, trial -> recipe.apply(new TaskTrial(trial)))
                        .orElseThrow(() -> new NanogptException("the run " + id + " was interrupted"));
            }
            if (run.state() == Run.State.UNFINISHED) {
                throw new NanogptException("the run " + id + " was interrupted; its checkpoints are in " + checkpoints);
            }
            if (run.state() == Run.State.FINISHED) {
                files.upload(models, folder + "/" + MODELS + "/" + id);
            }
            // Last: a run that is logged is not repeated.
            files.upload(local.resolve(id + LOGGED), folder + "/" + id + LOGGED);
            files.delete(checkpoints);
            return id;
        } finally {
            RemoteFiles.deleteLocal(local);
        }
    }

    /** A trial with the processors of a task. */
    private record TaskTrial(Trial trial) implements Trial {
        @Override
        public String id() {
            return trial.id();
        }

        @Override
        public String label() {
            return trial.label();
        }

        @Override
        public Map<String, Object> settings() {
            return trial.settings();
        }

        @Override
        public long seed() {
            return trial.seed();
        }

        @Override
        public void prepare(TrainingSettings<?> trainer) {
            trial.prepare(trainer);
            trainer.threads(Cluster.taskCpus());
        }
    }
}
