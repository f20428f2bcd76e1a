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
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * The points of an experiment: every combination of the settings that vary, then the variants, each with every seed. A
 * setting has a name and a value, which is a number, a boolean, a text or a list of them; what it does is up to the
 * recipe that {@link #run} is given. Immutable: each method returns a new grid.
 *
 * @param base settings of every point that does not say otherwise
 * @param varied values to combine, by name
 * @param variants points beside the combinations
 * @param seeds of the runs of each point
 * @param parallel runs at a time; empty for as many as there are processors
 * @param checkpointEvery steps between the checkpoints of a run
 * @param listener told of each run that ended, one after another
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
     * A point with a name.
     *
     * @param label for people
     * @param settings in which it differs from the base; of {@link #points} all
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
            throw new IllegalArgumentException("seeds must be at least one, each another, but are " + seeds);
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

    /** With a setting of every point. */
    public Grid base(String name, Object value) {
        Map<String, Object> settings = new LinkedHashMap<>(base);
        settings.put(name, value);
        return new Grid(settings, varied, variants, seeds, parallel, checkpointEvery, listener);
    }

    /** With a setting that varies; several of them are combined, the last one fastest. */
    public Grid vary(String name, Object... values) {
        Map<String, List<Object>> settings = new LinkedHashMap<>(varied);
        settings.put(name, List.copyOf(Arrays.asList(Objects.requireNonNull(values, "values"))));
        return new Grid(base, settings, variants, seeds, parallel, checkpointEvery, listener);
    }

    /**
     * With a point beside the combinations, for what is changed one at a time. Where nothing varies, the base is a point
     * of its own.
     *
     * @param settings in which it differs from the base
     */
    public Grid variant(String label, Map<String, ?> settings) {
        List<Variant> points = new ArrayList<>(variants);
        points.add(new Variant(label, copy(settings)));
        return new Grid(base, varied, points, seeds, parallel, checkpointEvery, listener);
    }

    /** With these seeds for each point; 1337 by default. */
    public Grid seeds(long... values) {
        List<Long> list = LongStream.of(values).boxed().toList();
        return new Grid(base, varied, variants, list, parallel, checkpointEvery, listener);
    }

    /**
     * With so many runs at a time, each with an equal share of the processors; as many as there are processors by
     * default. The results do not depend on it. A run that finds too little memory beside others waits and is alone.
     */
    public Grid parallel(int runs) {
        return new Grid(base, varied, variants, seeds, OptionalInt.of(runs), checkpointEvery, listener);
    }

    /** With so many steps between the checkpoints of a run; 200 by default. */
    public Grid checkpointEvery(int steps) {
        return new Grid(base, varied, variants, seeds, parallel, steps, listener);
    }

    /** With a listener to each run that ended, in place of the one before. */
    public Grid onRun(Consumer<Run> value) {
        return new Grid(base, varied, variants, seeds, parallel, checkpointEvery, value);
    }

    /**
     * All points in order, each with all of its settings.
     *
     * @throws IllegalArgumentException if two of them have the same settings
     */
    public List<Variant> points() {
        return Library.get().experiments().points(this);
    }

    /**
     * Runs all points. The folder is a {@link RunLog} with a file for each run, beside {@code models/ID}, the model of
     * each run that finished, and {@code checkpoints/ID} of those that did not.
     *
     * <p>A run that the log says to have finished or failed is not run again, one that was cut off goes on from its
     * checkpoint, and ends as if it had not been; delete a run from the log to have it run again. What the recipe does is
     * not looked at: give another recipe another folder. A run that throws is logged with its error, and the others go
     * on. An interrupt of the thread ends the runs after their steps, with the flag kept.
     *
     * @param recipe trains the model of a trial, with a trainer that {@link Trial#prepare} has prepared; called from several
     *     threads. The model is saved and closed
     * @return the runs in the order of the points and seeds, without those that an interrupt kept from starting
     * @throws IllegalArgumentException if two points have the same settings
     * @throws io.nanogpt.NanogptException if another program runs an experiment in this folder
     */
    public List<Run> run(Path folder, Function<Trial, LanguageModel> recipe) {
        return Library.get()
                .experiments()
                .run(this, Objects.requireNonNull(folder, "folder"), Objects.requireNonNull(recipe, "recipe"));
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
