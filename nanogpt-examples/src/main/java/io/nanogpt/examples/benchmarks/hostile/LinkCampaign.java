package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Plants symbolic links under every name that the library uses in a folder, and reads and writes there. Nothing outside the
 * folder may be created, changed, moved or deleted.
 */
final class LinkCampaign implements Campaign {
    /** Names of files that exist only during a write, or did so in earlier versions. */
    private static final List<String> PASSING = List.of(
            ".saving",
            ".saved",
            ".lock",
            ".nanogpt.lock",
            ".generation",
            "manifest.json",
            ".manifest.json",
            "step-00000003",
            "step-00000006",
            ".checkpoint-step-00000003",
            ".checkpoint-step-00000006");

    /** What a link leads to. */
    private enum Target {
        FILE,
        FOLDER,
        NOTHING
    }

    @Override
    public void run(Context context) throws Exception {
        Path pairFolder = context.work().resolve("pair");
        Folders.delete(pairFolder);
        ModelPair.write(pairFolder);
        try (ModelPair pair = ModelPair.open(pairFolder)) {
            List<Planting> plantings = new ArrayList<>();
            for (Output output : Output.values()) {
                for (String name : names(context, output, pair)) {
                    for (Target target : Target.values()) {
                        plantings.add(new Planting(output, name, target, true));
                        plantings.add(new Planting(output, name, target, false));
                    }
                }
            }
            Collections.shuffle(plantings, new Random(context.seed()));
            plantings.sort(Comparator.comparing(planting -> !isFirst(planting)));
            do {
                for (Planting planting : plantings) {
                    if (context.timeIsLeft()) {
                        plant(context, pair, planting);
                    }
                }
                checkpoints(context, pair);
            } while (context.timeIsLeft());
        }
    }

    /**
     * A link.
     *
     * @param output what is written
     * @param name where the link is
     * @param target where it leads
     * @param filled whether the folder holds an older output
     */
    private record Planting(Output output, String name, Target target, boolean filled) {}

    /** Staging folders of a model come first, as following a link there would do most harm. */
    private static boolean isFirst(Planting planting) {
        return planting.name.contains("/.") && planting.filled && planting.output == Output.MODEL;
    }

    /** All names that a write uses: those that are there at its end, those seen meanwhile, and those that are known. */
    private static Set<String> names(Context context, Output output, ModelPair pair) throws Exception {
        Path folder = context.emptyFolder("names");
        Set<String> names = new TreeSet<>();
        Thread writer = new Thread(() -> {
            try {
                output.write(folder, pair.sides().get(0));
                output.write(folder, pair.sides().get(1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        while (writer.isAlive()) {
            collect(folder, names);
        }
        writer.join();
        collect(folder, names);
        // A folder that the caller names may be a link.
        names.removeAll(List.of("model", "onnx", "runs"));
        for (String parent : List.of("", "model/", "onnx/", "runs/")) {
            if (parent.isEmpty() || Files.isDirectory(folder.resolve(parent))) {
                PASSING.forEach(name -> names.add(parent + name));
            }
        }
        return names;
    }

    private static void collect(Path folder, Set<String> names) {
        try {
            for (Path path : Folders.walk(folder)) {
                // Random parts of names cannot be guessed, so nobody can plant a link there.
                if (!path.equals(folder) && !String.valueOf(path.getFileName()).endsWith(".tmp")) {
                    names.add(folder.relativize(path).toString());
                }
            }
        } catch (IOException | UncheckedIOException moving) {
            // A file was renamed while the folder was listed; the next look finds the others.
            Thread.onSpinWait();
        }
    }

    private static void plant(Context context, ModelPair pair, Planting planting) throws Exception {
        Output output = planting.output;
        String what = planting.name + " to " + planting.target;
        String inputs = "links/" + output.name().toLowerCase(Locale.ROOT);
        Path folder = context.emptyFolder("planted");
        Path victim = victim(context);
        if (planting.filled) {
            output.write(folder, pair.sides().get(0));
        }
        link(folder.resolve(planting.name), victim, planting.target);
        Map<String, String> before = Folders.hashes(victim);
        context.findings().count(inputs, 1);
        attempt(context, inputs, what, () -> output.check(folder, pair));
        requireUnchanged(context, inputs, "reading with " + what, victim, before);
        attempt(context, inputs, what, () -> output.write(folder, pair.sides().get(1)));
        requireUnchanged(context, inputs, "writing with " + what, victim, before);
    }

    private static void checkpoints(Context context, ModelPair pair) throws Exception {
        String inputs = "links/checkpoints";
        for (String name : PASSING) {
            for (Target target : Target.values()) {
                Path folder = context.emptyFolder("planted");
                Path victim = victim(context);
                link(folder.resolve("checkpoints").resolve(name), victim, target);
                Map<String, String> before = Folders.hashes(victim);
                context.findings().count(inputs, 1);
                attempt(context, inputs, name + " to " + target, () -> {
                    try (LanguageModel model = SeedFiles.resumable(
                            pair.sides().get(0).tokenizer(), folder.resolve("checkpoints"), folder.resolve("runs"))) {
                        ModelPair.fingerprint(model);
                    }
                });
                requireUnchanged(context, inputs, "training with " + name + " to " + target, victim, before);
            }
        }
    }

    private static Path victim(Context context) throws IOException {
        Path victim = context.emptyFolder("victim");
        Files.writeString(victim.resolve("letter.txt"), "precious");
        Files.writeString(victim.resolve("model.safetensors"), "precious");
        Files.writeString(victim.resolve("config.json"), "precious");
        Files.writeString(Files.createDirectories(victim.resolve("deep")).resolve("tokenizer.json"), "precious");
        return victim;
    }

    private static void link(Path link, Path victim, Target target) throws IOException {
        Files.createDirectories(link.resolveSibling(".").normalize());
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Folders.delete(link);
        }
        Files.createSymbolicLink(
                link,
                switch (target) {
                    case FILE -> victim.resolve("letter.txt");
                    case FOLDER -> victim;
                    case NOTHING -> victim.resolve("not-there");
                });
    }

    private static void attempt(Context context, String inputs, String what, LimitedCall.Action action) {
        try {
            action.run();
        } catch (Exception e) {
            if (!Outcome.isDocumented(e) && !(e instanceof IOException)) {
                context.findings().add(inputs, Outcome.signature(e) + " by " + what, e);
            }
        }
    }

    private static void requireUnchanged(
            Context context, String inputs, String what, Path victim, Map<String, String> before) throws IOException {
        Map<String, String> after = Folders.hashes(victim);
        if (!after.equals(before)) {
            context.findings()
                    .add(inputs, "files elsewhere changed by " + what, new IOException(before + "\n" + after));
        }
    }
}
