package io.nanogpt.examples.benchmarks.hostile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one part of the hostile test, or repeats a finding. Ends with 1 if there are findings, 2 if it could
 * not run, 3 if a call does not end and the rest needs another JVM. */
public final class Hostile implements Callable<Integer> {
    private static final int AGAIN = 3;

    /** The parts. */
    enum Part {
        /** Changed files of formats that this library reads itself. */
        MUTATE,
        /** Changed graphs, which native code reads: a JVM of its own, as they may end it. */
        ONNX,
        /** Killed processes. */
        KILL,
        /** Processes that share a folder. */
        SHARE,
        /** Full and read-only disks. */
        DISK,
        /** Planted links. */
        LINKS,
        /** Many threads. */
        THREADS,
        /** Threads, descriptors, memory, temporary files, clocks. */
        RESOURCES,
        /** Repeats the finding of a folder. */
        REPLAY
    }

    @Parameters(index = "0", description = "${COMPLETION-CANDIDATES}")
    @SuppressWarnings("NullAway.Init") // required
    private Part part;

    @Option(names = "--seconds", description = "time (default: 20)")
    private double seconds = 20;

    @Option(names = "--seed", description = "seed of all inputs (default: 1)")
    private long seed = 1;

    @Option(names = "--work", required = true, description = "folder for files, which the part empties")
    @SuppressWarnings("NullAway.Init") // required
    private Path work;

    @Option(names = "--findings", required = true, description = "folder that receives findings; of REPLAY, a finding")
    @SuppressWarnings("NullAway.Init") // required
    private Path findings;

    @Option(names = "--table", required = true, description = "file that rows are appended to")
    @SuppressWarnings("NullAway.Init") // required
    private Path table;

    @Option(names = "--resources", required = true, description = "src/test/resources of nanogpt-impl")
    @SuppressWarnings("NullAway.Init") // required
    private Path resources;

    @Option(names = "--progress", required = true, description = "file of subjects that another JVM is done with")
    @SuppressWarnings("NullAway.Init") // required
    private Path progress;

    @Option(names = "--private-mounts", description = "mount in this process's own namespace")
    private boolean privateMounts;

    private Hostile() {}

    /** Runs a part. */
    public static void main(String[] arguments) {
        int code = new CommandLine(new Hostile())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExitCodeExceptionMapper(error -> 2)
                .execute(arguments);
        // Threads that did not end must not keep the JVM alive.
        System.exit(code);
    }

    @Override
    public Integer call() throws Exception {
        Folders.delete(work);
        Files.createDirectories(work);
        boolean replay = part == Part.REPLAY;
        Findings record = new Findings(replay ? work.resolve("findings") : findings, table, seed);
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        Context context = new Context(seed, deadline, work.toAbsolutePath(), resources, record, privateMounts);
        boolean clean = false;
        try {
            if (replay) {
                replay(context);
            } else {
                campaign().run(context);
            }
        } catch (MutationCampaign.StuckException e) {
            return AGAIN;
        } finally {
            clean = record.finish();
        }
        return clean ? 0 : 1;
    }

    private Campaign campaign() throws IOException {
        return switch (part) {
            case MUTATE -> new MutationCampaign(progress, subject -> !isNative(subject.name()));
            case ONNX -> new MutationCampaign(progress, subject -> isNative(subject.name()));
            case KILL -> new KillCampaign();
            case SHARE -> new SharingCampaign();
            case DISK -> new DiskCampaign();
            case LINKS -> new LinkCampaign();
            case THREADS -> new ThreadCampaign();
            case RESOURCES -> new ResourceCampaign();
            case REPLAY -> throw new IllegalStateException("a replay is no campaign");
        };
    }

    private static boolean isNative(String subject) {
        return subject.startsWith("onnx");
    }

    private void replay(Context context) throws Exception {
        Properties about = new Properties();
        try (var in = Files.newBufferedReader(findings.resolve(Findings.ABOUT), StandardCharsets.UTF_8)) {
            about.load(in);
        }
        Path input = findings.resolve(Findings.INPUT);
        if (!Files.exists(input)) {
            throw new IOException(
                    findings + " has no file to read again; run its part with --seed " + about.getProperty("seed"));
        }
        MutationCampaign.replay(context, progress, about.getProperty("inputs"), Files.readAllBytes(input));
    }
}
