package io.nanogpt.experiment;

import io.nanogpt.LanguageModel;
import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * The points of an experiment: every combination of the varied settings, then the variants, each with every seed. A
 * setting has a name and a value, which is a number, a boolean, a text or a list of them; the recipe given to
 * {@link #run} interprets it. Immutable: each setter returns a copy.
 *
 * @param base default settings of every point
 * @param varied values to combine, by name
 * @param variants points in addition to the combinations
 * @param seeds the seeds of the runs of each point
 * @param parallel number of concurrent runs; empty for the number of processors
 * @param checkpointEvery steps between the checkpoints of a run
 * @param listener called with each run that ended, one at a time
 */
public record Grid(
        Map<String, Object> base,
        Map<String, List<Object>> varied,
        List<Variant> variants,
        List<Long> seeds,
        OptionalInt parallel,
        int checkpointEvery,
        Consumer<Run> listener) {
    private static final long DEFAULT_SEED = 1337;
    private static final int DEFAULT_CHECKPOINT_EVERY = 200;

    /**
     * A point with a label.
     *
     * @param label the display name
     * @param settings the settings that differ from the base; in the result of {@link #points} all settings
     */
    public record Variant(String label, Map<String, Object> settings) {
        public Variant {
            Objects.requireNonNull(label, "label");
            settings = copy(settings);
        }
    }

    public Grid {
        base = copy(base);
        varied = copy(varied);
        variants = List.copyOf(variants);
        seeds = List.copyOf(seeds);
        Objects.requireNonNull(listener, "listener");
        base.forEach(Grid::requireValue);
        varied.forEach((name, values) -> {
            if (values.isEmpty()) {
                throw new IllegalArgumentException("the setting " + name + " varies over no value; give at least one");
            }
            values.forEach(value -> requireValue(name, value));
        });
        variants.forEach(variant -> variant.settings().forEach(Grid::requireValue));
        if (seeds.isEmpty() || new HashSet<>(seeds).size() < seeds.size()) {
            throw new IllegalArgumentException("seeds must be at least one and all different, but are " + seeds);
        }
        if (parallel.isPresent() && parallel.getAsInt() < 1) {
            throw new IllegalArgumentException("parallel must be at least 1, but is " + parallel.getAsInt());
        }
        if (checkpointEvery < 1) {
            throw new IllegalArgumentException("checkpointEvery must be at least 1, but is " + checkpointEvery);
        }
    }

    static Grid empty() {
        return new Grid(
                Map.of(),
                Map.of(),
                List.of(),
                List.of(DEFAULT_SEED),
                OptionalInt.empty(),
                DEFAULT_CHECKPOINT_EVERY,
                run -> {});
    }

    /** Returns a copy with a default setting of every point. */
    public Grid base(String name, Object value) {
        Map<String, Object> settings = new LinkedHashMap<>(base);
        settings.put(name, value);
        return new Grid(settings, varied, variants, seeds, parallel, checkpointEvery, listener);
    }

    /** Returns a copy with a varied setting; several are combined, with the last one varying fastest. */
    public Grid vary(String name, Object... values) {
        Map<String, List<Object>> settings = new LinkedHashMap<>(varied);
        settings.put(name, List.copyOf(Arrays.asList(Objects.requireNonNull(values, "values"))));
        return new Grid(base, settings, variants, seeds, parallel, checkpointEvery, listener);
    }

    /**
     * Returns a copy with a point in addition to the combinations, to change one setting at a time. Without varied
     * settings, the base is also a point.
     *
     * @param settings the settings that differ from the base
     */
    public Grid variant(String label, Map<String, ?> settings) {
        List<Variant> points = new ArrayList<>(variants);
        points.add(new Variant(label, copy(settings)));
        return new Grid(base, varied, points, seeds, parallel, checkpointEvery, listener);
    }

    /** Returns a copy with these seeds for each point; 1337 by default. */
    public Grid seeds(long... values) {
        List<Long> list = LongStream.of(values).boxed().toList();
        return new Grid(base, varied, variants, list, parallel, checkpointEvery, listener);
    }

    /**
     * Returns a copy with this number of concurrent runs, each with an equal share of the processors; by default the
     * number of processors. The results do not depend on it. A run without enough memory beside others waits until it
     * can run alone.
     */
    public Grid parallel(int runs) {
        return new Grid(base, varied, variants, seeds, OptionalInt.of(runs), checkpointEvery, listener);
    }

    /** Returns a copy with this number of steps between the checkpoints of a run; 200 by default. */
    public Grid checkpointEvery(int steps) {
        return new Grid(base, varied, variants, seeds, parallel, steps, listener);
    }

    /** Returns a copy with this listener to ended runs, which replaces the previous one. */
    public Grid onRun(Consumer<Run> value) {
        return new Grid(base, varied, variants, seeds, parallel, checkpointEvery, value);
    }

    /**
     * Returns all points in order, each with all of its settings.
     *
     * @throws IllegalArgumentException if two of them have the same settings
     */
    public List<Variant> points() {
        return Library.get().experiments().points(this);
    }

    /**
     * Runs all points. The folder is a {@link RunLog} with a file for each run, and contains the model of each finished
     * run in {@code models/ID} and the checkpoints of each unfinished one in {@code checkpoints/ID}.
     *
     * <p>Runs that are finished or failed in the log are not repeated; delete a run from the log to repeat it. An
     * unfinished run resumes from its checkpoint, with the same result as without the interruption. The recipe is not
     * compared: use another folder for another recipe. A run that throws is logged with its error, and the others
     * continue. An interrupt of the thread ends the runs after their current steps; the interrupt flag stays set.
     *
     * @param recipe trains the model of a trial, with the settings applied by {@link Trial#prepare}; called by several
     *     threads. The model is saved and closed
     * @return the runs in the order of points and seeds, without those that an interrupt prevented from starting
     * @throws IllegalArgumentException if two points have the same settings
     * @throws io.nanogpt.NanogptException if another program is running an experiment in this folder
     */
    public List<Run> run(Path folder, Function<Trial, LanguageModel> recipe) {
        return Library.get()
                .experiments()
                .run(this, Objects.requireNonNull(folder, "folder"), Objects.requireNonNull(recipe, "recipe"));
    }

    /**
     * Returns the ids of all runs, in the order of points and seeds. An id is a function of settings and seed.
     *
     * @throws IllegalArgumentException if two points have the same settings
     */
    public List<String> ids() {
        return Library.get().experiments().ids(this);
    }

    /**
     * Runs one of the runs, as {@link #run(Path, Function)} does with all of them, on all processors. The id, the settings and the weights are those that it has in a run of the whole grid. Programs that share
     * the runs of a grid need a folder each.
     *
     * @param folder a {@link RunLog}
     * @param id one of {@link #ids}
     * @param recipe trains the model of the trial
     * @return the run; empty if an interrupt prevented it from starting
     * @throws IllegalArgumentException if the grid has no run of this id
     * @throws io.nanogpt.NanogptException if another program is running an experiment in this folder
     */
    public Optional<Run> run(Path folder, String id, Function<Trial, LanguageModel> recipe) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(id, "id");
        return Library.get().experiments().run(this, folder, id, Objects.requireNonNull(recipe, "recipe"));
    }

    private static <V> Map<String, V> copy(Map<String, ? extends V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    private static void requireValue(String name, Object value) {
        boolean valid = value instanceof List<?> list ? list.stream().allMatch(Grid::isSimple) : isSimple(value);
        if (!valid) {
            throw new IllegalArgumentException(
                    "the setting " + name + " must be a number, a boolean, a text or a list of them, but is " + value
                            + " of " + value.getClass());
        }
    }

    private static boolean isSimple(Object value) {
        return value instanceof Number || value instanceof Boolean || value instanceof String;
    }
}
