package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.LanguageModel;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Writes every output to a disk that is full and to one that is read-only. The old state must stay whole, the message must
 * name the disk, and a write after that must succeed.
 */
final class DiskCampaign implements Campaign {
    private static final List<Output> OUTPUTS = List.of(Output.values());
    private static final String SIZE = "size=6m";
    private static final int BLOCK = 4096;
    /** More than the largest output. */
    private static final int MOST_FREE_BLOCKS = 80;

    @Override
    public void run(Context context) throws Exception {
        if (!context.privateMounts()) {
            context.findings().skip("disk", "needs root, and unshare for mounts of its own");
            return;
        }
        Path pairFolder = context.work().resolve("pair");
        Folders.delete(pairFolder);
        ModelPair.write(pairFolder);
        Path disk = context.emptyFolder("disk");
        command("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", disk.toString());
        try (ModelPair pair = ModelPair.open(pairFolder)) {
            readOnly(context, pair);
            for (long round = 0; context.timeIsLeft(); round++) {
                Output output = OUTPUTS.get((int) (round % OUTPUTS.size()));
                fill(context, disk, output, pair, round);
                if (round % OUTPUTS.size() == 0) {
                    train(context, disk, pair.sides().get(0).tokenizer(), round);
                }
            }
        } finally {
            command("umount", "-l", disk.toString());
        }
    }

    private static void command(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", words) + " failed with " + process.exitValue());
        }
    }

    private static void fill(Context context, Path disk, Output output, ModelPair pair, long round) throws Exception {
        String inputs = "full disk/" + output.name().toLowerCase(Locale.ROOT);
        Path folder = Files.createDirectories(disk.resolve("folder"));
        Path filler = disk.resolve("filler");
        try {
            output.write(folder, pair.sides().get(0));
            SplittableRandom random = context.random("disk", round);
            leave(filler, random.nextInt(random.nextBoolean() ? MOST_FREE_BLOCKS : 4));
            context.findings().count(inputs, 1);
            boolean refused = false;
            try {
                output.write(folder, pair.sides().get(1));
            } catch (RuntimeException e) {
                refused = true;
                judge(context, inputs, e, "full", "space");
            }
            requireSide(context, inputs, output, folder, pair, refused ? "a" : "b");
            Files.delete(filler);
            output.write(folder, pair.sides().get(1));
            requireSide(context, inputs, output, folder, pair, "b");
        } catch (RuntimeException e) {
            context.findings().add(inputs, "a disk with space again: " + Outcome.signature(e), e);
        } finally {
            Files.deleteIfExists(filler);
            Folders.delete(folder);
        }
    }

    private static void judge(Context context, String inputs, RuntimeException e, String... words) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (!Outcome.isDocumented(e)) {
            context.findings().add(inputs, Outcome.signature(e), e);
        } else if (List.of(words).stream().noneMatch(message::contains)) {
            context.findings().add(inputs, "the message does not name the disk: " + Outcome.signature(e), e);
        }
    }

    private static void requireSide(
            Context context, String inputs, Output output, Path folder, ModelPair pair, String expected) {
        try {
            String found = output.check(folder, pair);
            if (!found.equals(expected)) {
                context.findings()
                        .add(inputs, "holds " + found + ", not " + expected, new IOException(folder.toString()));
            }
        } catch (Exception e) {
            context.findings().add(inputs, "not whole: " + Outcome.signature(e), e);
        }
    }

    /** Fills a disk, and frees some blocks again. */
    private static void leave(Path filler, int blocks) throws IOException {
        long size = 0;
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
                size += BLOCK;
            }
        } catch (IOException full) {
            try (FileChannel channel = FileChannel.open(filler, StandardOpenOption.WRITE)) {
                channel.truncate(Math.max(0, size - (long) blocks * BLOCK));
            }
        }
    }

    /** A run whose disk becomes full resumes from its last checkpoint once there is space. */
    private static void train(Context context, Path disk, Tokenizer tokenizer, long round) throws IOException {
        String inputs = "full disk/checkpoints";
        Path folder = Files.createDirectories(disk.resolve("run"));
        Path filler = disk.resolve("filler");
        Path whole = context.emptyFolder("unbroken");
        context.findings().count(inputs, 1);
        try (LanguageModel unbroken = SeedFiles.resumable(tokenizer, whole.resolve("c"), whole.resolve("r"))) {
            leave(filler, context.random("train", round).nextInt(MOST_FREE_BLOCKS));
            try (LanguageModel model = SeedFiles.resumable(tokenizer, folder.resolve("c"), folder.resolve("r"))) {
                requireEqual(context, inputs, unbroken, model);
            } catch (RuntimeException e) {
                judge(context, inputs, e, "full", "space");
            }
            Files.delete(filler);
            try (LanguageModel model = SeedFiles.resumable(tokenizer, folder.resolve("c"), folder.resolve("r"))) {
                requireEqual(context, inputs, unbroken, model);
            }
        } catch (RuntimeException e) {
            context.findings().add(inputs, "a disk with space again: " + Outcome.signature(e), e);
        } finally {
            Files.deleteIfExists(filler);
            Folders.delete(folder);
        }
    }

    private static void requireEqual(Context context, String inputs, LanguageModel expected, LanguageModel found) {
        if (!ModelPair.fingerprint(expected).equals(ModelPair.fingerprint(found))) {
            context.findings().add(inputs, "other bits than an unbroken run", null);
        }
    }

    private static void readOnly(Context context, ModelPair pair) throws Exception {
        Path folder = context.emptyFolder("read-only");
        for (Output output : Output.values()) {
            output.write(folder, pair.sides().get(0));
        }
        command("mount", "--bind", folder.toString(), folder.toString());
        try {
            command("mount", "-o", "remount,ro,bind", folder.toString());
            for (Output output : Output.values()) {
                String inputs = "read-only/" + output.name().toLowerCase(Locale.ROOT);
                context.findings().count(inputs, 1);
                try {
                    output.write(folder, pair.sides().get(1));
                    context.findings().add(inputs, "a write to a read-only folder succeeds", null);
                } catch (RuntimeException e) {
                    judge(context, inputs, e, "read-only", "permission");
                }
                requireSide(context, inputs, output, folder, pair, "a");
            }
        } finally {
            command("umount", "-l", folder.toString());
        }
    }
}
