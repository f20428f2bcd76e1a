package io.nanogpt.examples.benchmarks.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Several processes write one folder while this one reads it. Each reading must be one whole state; a writer may wait or be
 * refused, but must not fail otherwise, and most must succeed.
 */
final class SharingCampaign implements Campaign {
    private static final double SECONDS = 4;
    private static final long GRACE_SECONDS = 60;

    @Override
    public void run(Context context) throws Exception {
        Path pairFolder = context.work().resolve("pair");
        Folders.delete(pairFolder);
        ModelPair.write(pairFolder);
        List<List<Output>> works = new ArrayList<>();
        works.add(List.of(Output.MODEL));
        works.add(List.of(Output.EXPORT));
        for (Output output : List.of(Output.TOKENS, Output.NUMPY_TOKENS, Output.RUN, Output.TOKENIZER)) {
            works.add(List.of(output));
        }
        try (ModelPair pair = ModelPair.open(pairFolder)) {
            for (long round = 0; context.timeIsLeft(); round++) {
                List<Output> outputs = works.get((int) (round % works.size()));
                int writers = 1 + (int) (round / works.size()) % 2;
                // Two writers first: they are the harder case.
                share(context, pair, pairFolder, outputs, 3 - writers, round);
            }
        }
    }

    private static void share(
            Context context, ModelPair pair, Path pairFolder, List<Output> outputs, int writers, long round)
            throws Exception {
        Path folder = context.emptyFolder("shared");
        String inputs = "share/" + outputs.get(0).name().toLowerCase(Locale.ROOT) + "/" + writers + " writers";
        for (Output output : outputs) {
            output.write(folder, pair.sides().get(0));
        }
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < writers; i++) {
                children.add(ChildJvm.start(
                        context.work(),
                        "write",
                        outputs.get(0).name(),
                        folder.toString(),
                        pairFolder.toString(),
                        Long.toString(context.random("share", round * 10 + i).nextLong()),
                        Double.toString(Math.min(SECONDS, Math.max(1, context.secondsLeft())))));
            }
            while (children.stream().anyMatch(ChildJvm::isAlive)) {
                for (Output output : outputs) {
                    read(context, inputs, output, folder, pair);
                }
            }
            for (ChildJvm child : children) {
                requireSuccess(context, inputs, child);
            }
        } finally {
            for (ChildJvm child : children) {
                child.close();
            }
        }
    }

    private static void read(Context context, String inputs, Output output, Path folder, ModelPair pair) {
        context.findings().count(inputs, 1);
        try {
            output.check(folder, pair);
        } catch (Exception e) {
            context.findings().add(inputs, "reading while others write: " + Outcome.signature(e), e);
        }
    }

    private static void requireSuccess(Context context, String inputs, ChildJvm child)
            throws IOException, InterruptedException {
        int code = child.await(GRACE_SECONDS);
        List<String> lines = new ArrayList<>();
        for (String line = child.line(); line != null; line = child.line()) {
            lines.add(line);
        }
        if (code != 0 || !lines.contains(ChildProgram.DONE)) {
            context.findings().add(inputs, "a writer fails", new IOException(lines + "\n" + child.errors()));
        } else if (lines.stream().anyMatch(line -> line.startsWith("written 0 "))) {
            context.findings().add(inputs, "a writer is always refused", new IOException(lines.toString()));
        }
    }
}
