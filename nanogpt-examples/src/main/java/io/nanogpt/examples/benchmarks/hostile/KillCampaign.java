package io.nanogpt.examples.benchmarks.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Kills processes at random moments while they write. Afterwards the old or the new state must be whole, the next writer must
 * tidy up, and a resumed run must end with the same bytes as one that was never killed.
 */
final class KillCampaign implements Campaign {
    private static final List<Output> OUTPUTS = List.of(Output.values());
    private static final int LONGEST_MILLIS = 600;
    private static final String STEPS = "400";
    private static final double FOREVER = 600;
    private static final double PART_OF_WRITING = 0.5;

    @Override
    public void run(Context context) throws Exception {
        Path pairFolder = context.work().resolve("pair");
        Folders.delete(pairFolder);
        ModelPair.write(pairFolder);
        try (ModelPair pair = ModelPair.open(pairFolder)) {
            Context writing = context.share(PART_OF_WRITING);
            for (long round = 0; writing.timeIsLeft(); round++) {
                killWriter(context, pair, pairFolder, round);
            }
        }
        // Written by a JVM of its own as well: this one compiles differently.
        Path whole = context.emptyFolder("whole");
        try (ChildJvm child = ChildJvm.start(context.work(), "train", whole.toString(), tokenizer(pairFolder), STEPS)) {
            child.await((long) FOREVER);
            String errors = child.errors();
            if (!Files.exists(whole.resolve("model"))) {
                throw new IllegalStateException("the run to compare with failed: " + errors);
            }
        }
        for (long round = 0; context.timeIsLeft(); round++) {
            killTraining(context, whole, tokenizer(pairFolder), round);
        }
    }

    private static String tokenizer(Path pairFolder) {
        return pairFolder.resolve("a/tokenizer.json").toString();
    }

    private static void killWriter(Context context, ModelPair pair, Path pairFolder, long round) throws Exception {
        SplittableRandom random = context.random("kill", round);
        Output output = OUTPUTS.get((int) (round % OUTPUTS.size()));
        String inputs = "kill/" + output.name().toLowerCase(Locale.ROOT);
        // The folder is kept from round to round, so that what killed writers leave adds up.
        Path folder = Files.createDirectories(context.work().resolve("killed-" + output.name()));
        try {
            output.write(folder, pair.sides().get(0));
        } catch (RuntimeException e) {
            context.findings().add(inputs, "a killed writer stops the next: " + Outcome.signature(e), e);
            Folders.delete(folder);
            return;
        }
        requireTidy(context, inputs, folder);
        try (ChildJvm child = ChildJvm.start(
                context.work(),
                "write",
                output.name(),
                folder.toString(),
                pairFolder.toString(),
                Long.toString(random.nextLong()),
                Double.toString(FOREVER))) {
            awaitReady(child);
            Thread.sleep(random.nextInt(LONGEST_MILLIS));
            if (!child.isAlive()) {
                throw new IllegalStateException("the writer ended: " + child.errors());
            }
            child.kill();
        }
        context.findings().count(inputs, 1);
        check(context, inputs, folder, output, pair);
    }

    private static void check(Context context, String inputs, Path folder, Output output, ModelPair pair) {
        try {
            output.check(folder, pair);
        } catch (Exception e) {
            context.findings().add(inputs, "not whole after a kill: " + Outcome.signature(e), e);
        }
    }

    /** Files of writers that were killed must be gone after the next complete one. */
    private static void requireTidy(Context context, String inputs, Path folder) throws IOException {
        for (Path path : Folders.walk(folder)) {
            if (String.valueOf(path.getFileName()).endsWith(".tmp")) {
                context.findings().add(inputs, "a file of a killed writer remains", new IOException(path.toString()));
                Files.delete(path);
            }
        }
    }

    /** Kills a run again and again until one process completes it. */
    private static void killTraining(Context context, Path whole, String tokenizer, long round) throws Exception {
        SplittableRandom random = context.random("resume", round);
        Path folder = context.emptyFolder("resumed");
        String inputs = "kill/resume";
        boolean done = false;
        while (!done && context.timeIsLeft()) {
            try (ChildJvm child = ChildJvm.start(context.work(), "train", folder.toString(), tokenizer, STEPS)) {
                String line = awaitReady(child);
                if (line == null) {
                    context.findings().add(inputs, "a killed run does not resume", new IOException(child.errors()));
                    return;
                }
                Thread.sleep(random.nextInt(LONGEST_MILLIS));
                done = child.await(0) == 0;
                child.kill();
            }
            context.findings().count(inputs, 1);
        }
        if (done) {
            Map<String, String> expected = Folders.tensors(whole);
            Map<String, String> found = Folders.tensors(folder);
            if (!expected.equals(found)) {
                context.findings()
                        .add(inputs, "other bytes than an unbroken run", new IOException(expected + "\n" + found));
            }
        }
    }

    private static @Nullable String awaitReady(ChildJvm child) throws IOException {
        for (String line = child.line(); line != null; line = child.line()) {
            if (line.startsWith(ChildProgram.READY)) {
                return line;
            }
        }
        return null;
    }
}
