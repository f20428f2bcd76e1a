package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.LanguageModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Threads, descriptors and memory stay flat over many loads, also of models that nobody closes; nothing remains in the
 * temporary folder; few descriptors and a clock that was set back break nothing.
 */
final class ResourceCampaign implements Campaign {
    private static final String STEPS = "60";
    private static final List<String> OFFSETS = List.of("-400d", "+15y");
    private static final int MOST_LOADS = 1_000;
    private static final int WARM_UP = 50;
    private static final int UNCLOSED = 100;
    private static final int MORE_THREADS = 4;
    private static final int MORE_DESCRIPTORS = 4;
    private static final long MORE_BYTES = 8L << 20;
    private static final long CHILD_SECONDS = 120;
    private static final double PART_OF_LOADS = 0.5;
    private static final double PART_OF_DESCRIPTORS = 0.2;

    @Override
    public void run(Context context) throws Exception {
        Path pairFolder = context.work().resolve("pair");
        Folders.delete(pairFolder);
        ModelPair.write(pairFolder);
        temporaryFolder(context, pairFolder);
        descriptors(context, pairFolder);
        clock(context, pairFolder);
        unclosed(context, pairFolder);
        Context loading = context.share(PART_OF_LOADS);
        flat(loading, "load and close", () -> LanguageModel.load(pairFolder.resolve("b"), 2));
        flat(context, "load and close/onnx", () -> ModelPair.loadOnnx(pairFolder.resolve("b-onnx")));
    }

    /** What a process holds. */
    private record Usage(long threads, long descriptors, long heap) {
        static Usage now() throws IOException, InterruptedException {
            for (int i = 0; i < 3; i++) {
                System.gc();
                Thread.sleep(100);
            }
            Path descriptors = Path.of("/proc/self/fd");
            long open = 0;
            if (Files.isDirectory(descriptors)) {
                try (Stream<Path> entries = Files.list(descriptors)) {
                    open = entries.count();
                }
            }
            return new Usage(
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    open,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }

        boolean isMoreThan(Usage before) {
            return threads > before.threads + MORE_THREADS
                    || descriptors > before.descriptors + MORE_DESCRIPTORS
                    || heap > before.heap + MORE_BYTES;
        }
    }

    /** Opens a model. */
    private interface Opening {
        LanguageModel open();
    }

    private static void flat(Context context, String inputs, Opening opening) throws Exception {
        Optional<Usage> before = Optional.empty();
        int loads = 0;
        for (; loads < WARM_UP || (loads < MOST_LOADS && context.timeIsLeft()); loads++) {
            if (loads == WARM_UP) {
                before = Optional.of(Usage.now());
            }
            try (LanguageModel model = opening.open()) {
                model.logits(1);
            }
        }
        context.findings().count(inputs, loads);
        Usage after = Usage.now();
        if (before.isPresent() && after.isMoreThan(before.get())) {
            context.findings().add(inputs, "not flat", new IOException(before.get() + " became " + after));
        }
    }

    private static void unclosed(Context context, Path pairFolder) throws Exception {
        String inputs = "unclosed models";
        Usage before = Usage.now();
        List<LanguageModel> models = new ArrayList<>();
        for (int i = 0; i < UNCLOSED; i++) {
            LanguageModel model = LanguageModel.load(pairFolder.resolve("b"), 2);
            model.logits(1);
            models.add(model);
        }
        context.findings().count(inputs, models.size());
        models.clear();
        Usage after = Usage.now();
        for (int i = 0; i < 20 && after.threads > before.threads + MORE_THREADS; i++) {
            after = Usage.now();
        }
        if (after.threads > before.threads + MORE_THREADS) {
            context.findings().add(inputs, "hold threads", new IOException(before + " became " + after));
        }
    }

    private static void temporaryFolder(Context context, Path pairFolder) throws Exception {
        String inputs = "temporary folder";
        Path temporary = context.emptyFolder("temporary");
        Path folder = context.emptyFolder("round-trip");
        try (ChildJvm child = ChildJvm.start(
                context.work(),
                List.of(),
                List.of("-Djava.io.tmpdir=" + temporary),
                "round-trip",
                folder.toString(),
                pairFolder.toString())) {
            requireDone(context, inputs, child);
        }
        // ONNX Runtime leaves the empty folder of its libraries.
        List<Path> left = Folders.walk(temporary).stream()
                .filter(path -> !path.equals(temporary)
                        && !path.getFileName().toString().startsWith("onnxruntime-java"))
                .toList();
        if (!left.isEmpty()) {
            context.findings().add(inputs, "is not empty after a run", new IOException(left.toString()));
        }
    }

    private static void requireDone(Context context, String inputs, ChildJvm child) throws Exception {
        context.findings().count(inputs, 1);
        if (child.await(CHILD_SECONDS) != 0) {
            context.findings().add(inputs, "the program fails", new IOException(child.errors()));
        }
        for (String line = child.line(); line != null; line = child.line()) {
            if (line.startsWith("broken ")) {
                context.findings().add(inputs, line.replaceFirst(":.*", ""), new IOException(line));
            }
        }
    }

    private static void descriptors(Context context, Path pairFolder) throws Exception {
        if (!Files.isExecutable(Path.of("/bin/bash"))) {
            context.findings().skip("few descriptors", "needs bash for ulimit -n");
            return;
        }
        Path folder = context.emptyFolder("exhausted");
        List<String> limit = List.of("/bin/bash", "-c", "ulimit -n 200; exec \"$@\"", "bash");
        Context exhausting = context.share(PART_OF_DESCRIPTORS);
        int rounds = 0;
        do {
            try (ChildJvm child = ChildJvm.start(
                    context.work(),
                    limit,
                    List.of(),
                    "exhaust",
                    folder.toString(),
                    pairFolder.toString(),
                    Long.toString(context.random("descriptors", rounds++).nextLong()))) {
                requireDone(context, "few descriptors", child);
            }
        } while (exhausting.timeIsLeft());
    }

    /**
     * All files are from the future, as after a clock was set back; with faketime, also processes in the past and in the
     * future, whose runs must end with the bytes of one in the present.
     */
    private static void clock(Context context, Path pairFolder) throws Exception {
        String inputs = "clock set back";
        Path folder = context.emptyFolder("future");
        Path tokenizer = pairFolder.resolve("a/tokenizer.json");
        train(context, inputs, List.of(), folder, tokenizer);
        FileTime future = FileTime.from(Instant.now().plus(Duration.ofDays(400)));
        for (Path path : Folders.walk(folder)) {
            Files.setLastModifiedTime(path, future);
        }
        train(context, inputs, List.of(), folder, tokenizer);
        Path faketime = Path.of("/usr/bin/faketime");
        if (!Files.isExecutable(faketime)) {
            context.findings().skip("clock set back/faketime", "faketime is not installed");
            return;
        }
        Map<String, String> present = Folders.tensors(folder);
        for (String offset : OFFSETS) {
            List<String> prefix = List.of(faketime.toString(), "-f", offset);
            train(context, inputs, prefix, folder, tokenizer);
            Path elsewhen = context.emptyFolder("elsewhen");
            train(context, inputs, prefix, elsewhen, tokenizer);
            for (Path each : List.of(folder, elsewhen)) {
                if (!Folders.tensors(each).equals(present)) {
                    context.findings().add(inputs, "other bytes at another time", new IOException(offset));
                }
            }
        }
    }

    private static void train(Context context, String inputs, List<String> prefix, Path folder, Path tokenizer)
            throws Exception {
        try (ChildJvm child = ChildJvm.start(
                context.work(), prefix, List.of(), "train", folder.toString(), tokenizer.toString(), STEPS)) {
            requireDone(context, inputs, child);
        }
    }
}
