package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.examples.benchmarks.hostile.KnownAttacks.Attack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads changed files of every format. Each must be read, or refused with a documented exception, within 5 seconds and
 * within memory of 64 times its folder's size and 16 MB; reading must not change the folder.
 */
final class MutationCampaign implements Campaign {
    private static final long BYTES_PER_BYTE = 64;
    private static final long BASE_BYTES = 16L << 20;
    private static final int WARM_UPS = 3;
    private static final long TURN_NANOS = 100_000_000;
    private static final int MOST_LATE = 2;
    private static final double PART_OF_ATTACKS = 0.5;
    private static final String STUCK = "stuck ";
    private static final String ATTACKED = "attacked ";

    private final Path progress;
    private final Predicate<Subject> chosen;
    private final List<Trial> trials = new ArrayList<>();
    private final Set<String> before;

    /**
     * Creates a campaign.
     *
     * @param progress a file that tells another JVM what this one is done with
     * @param chosen the subjects to try
     */
    MutationCampaign(Path progress, Predicate<Subject> chosen) throws IOException {
        this.progress = progress;
        this.chosen = chosen;
        this.before = Files.exists(progress) ? Set.copyOf(Files.readAllLines(progress)) : Set.of();
    }

    /** A call goes on after an interrupt: its thread takes time and memory from all that follow in this JVM. */
    static final class StuckException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** A subject with its copy. */
    private static final class Trial {
        final Subject subject;
        final Path copy;
        final byte[] original;
        Map<String, String> listing = Map.of();
        long index;
        int late;

        Trial(Subject subject, Path copy) throws IOException {
            this.subject = subject;
            this.copy = copy;
            this.original = Files.readAllBytes(subject.folder().resolve(subject.file()));
        }
    }

    /** Reads the input of a finding once more. */
    static void replay(Context context, Path progress, String inputs, byte[] input) throws Exception {
        MutationCampaign campaign =
                new MutationCampaign(progress, subject -> subject.name().equals(inputs));
        campaign.prepare(context);
        for (Trial trial : campaign.trials) {
            campaign.read(context, trial, input, "replayed");
        }
    }

    @Override
    public void run(Context context) throws Exception {
        prepare(context);
        Collections.shuffle(trials, new Random(context.seed()));
        Context attacking = context.share(PART_OF_ATTACKS);
        for (Trial trial : trials) {
            if (!before.contains(ATTACKED + trial.subject.name())) {
                for (Attack attack : KnownAttacks.on(trial.subject)) {
                    if (attacking.timeIsLeft() && trial.late < MOST_LATE) {
                        read(context, trial, attack.content(), attack.label());
                    }
                }
                note(ATTACKED + trial.subject.name());
            }
        }
        while (context.timeIsLeft()) {
            for (Trial trial : trials) {
                takeTurn(context, trial);
            }
        }
    }

    private void note(String line) throws IOException {
        Files.writeString(progress, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void prepare(Context context) throws Exception {
        Path seeds = context.emptyFolder("seeds");
        new SeedFiles(seeds).write();
        Path copies = context.emptyFolder("copies");
        for (Subject subject : Subjects.of(seeds, context.resources())) {
            if (chosen.test(subject) && !before.contains(STUCK + subject.name())) {
                Trial trial = new Trial(subject, copies.resolve(Integer.toString(trials.size())));
                restore(trial);
                for (int i = 0; i < WARM_UPS; i++) {
                    read(context, trial, trial.original, "unchanged");
                }
                trials.add(trial);
            }
        }
    }

    private void takeTurn(Context context, Trial trial) throws Exception {
        long end = System.nanoTime() + TURN_NANOS;
        do {
            if (!context.timeIsLeft() || trial.late >= MOST_LATE) {
                return;
            }
            byte[] input = Mutation.of(
                    trial.original, trial.subject.format(), context.random(trial.subject.name(), trial.index++));
            read(context, trial, input, null);
        } while (System.nanoTime() < end);
    }

    private static void restore(Trial trial) throws IOException {
        Folders.delete(trial.copy);
        Folders.copy(trial.subject.folder(), trial.copy);
        trial.listing = Folders.listing(trial.copy);
    }

    private void read(Context context, Trial trial, byte[] input, @Nullable String label) throws Exception {
        Subject subject = trial.subject;
        if (subject.writes()) {
            restore(trial);
        }
        Path file = trial.copy.resolve(subject.file());
        Files.write(file, input);
        trial.listing = Folders.listing(trial.copy);
        long limit = BASE_BYTES + BYTES_PER_BYTE * Folders.bytes(trial.copy);
        LimitedCall call = LimitedCall.of(() -> subject.reader().read(trial.copy), limit);
        if (call.allocated() > limit && !subject.writes()) {
            // Once more: classes may have been loaded.
            call = LimitedCall.of(() -> subject.reader().read(trial.copy), limit);
        }
        context.findings().count(subject.name(), 1);
        judge(context.findings(), trial, call, limit, input, label);
        if (!call.stopped()) {
            note(STUCK + subject.name());
            throw new StuckException();
        }
        if (!subject.writes() && !Folders.listing(trial.copy).equals(trial.listing)) {
            context.findings().add(subject.name(), "reading changed the folder", null, input);
            restore(trial);
        }
        Files.write(file, trial.original);
    }

    private void judge(
            Findings findings, Trial trial, LimitedCall call, long limit, byte[] input, @Nullable String label) {
        String name = trial.subject.name();
        String by = label == null ? "" : " (" + label + ")";
        if (call.isLate()) {
            trial.late++;
            Throwable where = new IllegalStateException("not done after 5 s or several times the memory"
                    + (call.stopped() ? ", ended by an interrupt" : ", and an interrupt did nothing"));
            where.setStackTrace(call.stack());
            findings.add(name, "late in " + Outcome.place(call.stack()) + by, where, input);
        } else if (!Outcome.isDocumented(call.error())) {
            findings.add(name, Outcome.signature(Objects.requireNonNull(call.error())) + by, call.error(), input);
        } else if (call.allocated() > limit && !trial.subject.writes()) {
            Throwable how = call.error() == null ? new IllegalStateException("read") : call.error();
            findings.add(
                    name,
                    "allocates more than 64 times its size and 16 MB" + by,
                    new IllegalStateException(call.allocated() + " bytes allocated, " + limit + " allowed", how),
                    input);
        } else if ("unchanged".equals(label) && call.error() != null && !isRefusedOnPurpose(trial.subject)) {
            findings.add(name, "a valid file is refused", call.error(), input);
        }
    }

    /** Files of tensors that are not those of a model. */
    private static boolean isRefusedOnPurpose(Subject subject) {
        return subject.folder().endsWith("weights");
    }
}
