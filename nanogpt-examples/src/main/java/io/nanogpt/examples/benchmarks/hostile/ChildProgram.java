package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.examples.benchmarks.hostile.ModelPair.Side;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What other processes do: they write until they are killed, load until the time is over, or train. */
public final class ChildProgram {
    /** Line that a program prints when its work begins. */
    static final String READY = "ready";
    /** Line of a program that is done. */
    static final String DONE = "done";

    private static final int CHECKPOINT_EVERY = 20;
    private static final int MOST_LINES = 5;

    private ChildProgram() {}

    /** Runs {@code write}, {@code load}, {@code train}, {@code round-trip} or {@code exhaust}. */
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "write" ->
                write(
                        outputs(arguments[1]),
                        Path.of(arguments[2]),
                        Path.of(arguments[3]),
                        Long.parseLong(arguments[4]),
                        Double.parseDouble(arguments[5]));
            case "train" -> train(Path.of(arguments[1]), Path.of(arguments[2]), Integer.parseInt(arguments[3]));
            case "round-trip" -> roundTrip(Path.of(arguments[1]), Path.of(arguments[2]));
            case "exhaust" -> exhaust(Path.of(arguments[1]), Path.of(arguments[2]), Long.parseLong(arguments[3]));
            default -> throw new IllegalArgumentException("no such program: " + arguments[0]);
        }
        System.out.println(DONE);
    }

    private static List<Output> outputs(String names) {
        return Stream.of(names.split(",", -1)).map(Output::valueOf).toList();
    }

    /** Writes outputs of both sides in turn; prints how many writes were done and how many refused. */
    private static void write(List<Output> outputs, Path folder, Path pairFolder, long seed, double seconds)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (ModelPair pair = ModelPair.openToWrite(pairFolder)) {
            System.out.println(READY);
            Patience patience = new Patience(Duration.ofMillis((long) (seconds * 1e3)));
            long written = 0;
            long refused = 0;
            while (!patience.isOver()) {
                Output output = outputs.get(random.nextInt(outputs.size()));
                try {
                    output.write(folder, pair.sides().get(random.nextInt(2)));
                    written++;
                } catch (NanogptException | UncheckedIOException e) {
                    // Few lines: nobody reads them before the end.
                    if (refused++ < MOST_LINES) {
                        System.out.println("refused " + output + ": " + e);
                    }
                }
            }
            System.out.println("written " + written + " refused " + refused);
        }
    }

    /**
     * Trains with checkpoints and a run log, or resumes, and saves the model beside the checkpoints.
     *
     * @param folder of checkpoints, runs and model
     * @param tokenizer a tokenizer file
     * @param steps optimizer steps of the whole run
     */
    private static void train(Path folder, Path tokenizer, int steps) {
        Tokenizer loaded = Tokenizers.load(tokenizer);
        GPT.Builder builder = SeedFiles.builder(loaded)
                .steps(steps)
                .dropout(0.1)
                .accumulate(2)
                .gradientClip(1)
                .evaluateEvery(50)
                .keepBest(true)
                .schedule(Schedule.cosine(10, 0.1))
                .checkpoints(CheckpointConfig.in(folder.resolve("checkpoints"))
                        .withEvery(CHECKPOINT_EVERY)
                        .withResume(true))
                .listener(RunLog.open(folder.resolve("runs")).recorder("killed"))
                .listener(new TrainingListener() {
                    @Override
                    public void onStart(TrainingPlan plan) {
                        System.out.println(READY + " from " + plan.firstStep());
                    }
                });
        try (LanguageModel model = builder.train(SeedFiles.CORPUS)) {
            model.save(folder.resolve("model"));
        }
    }

    /** Loads, saves, exports and runs, to see what remains in the temporary folder. */
    private static void roundTrip(Path folder, Path pairFolder) throws IOException {
        try (ModelPair pair = ModelPair.open(pairFolder)) {
            for (Output output : Output.values()) {
                for (Side side : pair.sides()) {
                    output.write(folder, side);
                    output.check(folder, pair);
                }
            }
        }
    }

    /** Takes all descriptors but a few, and writes and reads with those few; prints what breaks a promise. */
    private static void exhaust(Path folder, Path pairFolder, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (ModelPair pair = ModelPair.open(pairFolder)) {
            for (Output output : Output.values()) {
                Side before = pair.sides().get(0);
                output.write(folder, before);
                output.check(folder, pair);
                List<AutoCloseable> taken = take(pairFolder.resolve("a.txt"), random.nextInt(12));
                Optional<Throwable> error =
                        outcome(() -> output.write(folder, pair.sides().get(1)));
                Optional<Throwable> reading = outcome(() -> output.check(folder, pair));
                release(taken);
                for (Optional<Throwable> each : List.of(error, reading)) {
                    // The library throws no checked exception: this is one of the reading here.
                    boolean ours = each.isPresent() && each.get() instanceof IOException;
                    if (each.isPresent() && !ours && !Outcome.isDocumented(each.get())) {
                        System.out.println(
                                "broken " + output + " " + Outcome.signature(each.get()) + ": " + each.get());
                    }
                }
                String after = output.check(folder, pair);
                // A failure after the commit leaves the new state, and says so.
                if (error.isEmpty() && !after.equals("b")) {
                    System.out.println("broken " + output + " holds " + after + " after " + error);
                }
            }
        }
    }

    private static Optional<Throwable> outcome(LimitedCall.Action action) {
        try {
            action.run();
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(e);
        }
    }

    private static List<AutoCloseable> take(Path file, int left) throws IOException {
        List<AutoCloseable> taken = new ArrayList<>();
        try {
            while (true) {
                taken.add(Files.newInputStream(file));
            }
        } catch (IOException full) {
            release(taken.subList(0, Math.min(left, taken.size())));
            return new ArrayList<>(taken.subList(Math.min(left, taken.size()), taken.size()));
        }
    }

    private static void release(List<AutoCloseable> taken) throws IOException {
        for (AutoCloseable each : taken) {
            try {
                each.close();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("cannot close", e);
            }
        }
    }
}
