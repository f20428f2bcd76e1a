package io.nanogpt.impl.progress;

import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of a run: in a terminal one line that is redrawn, with step, loss, validation loss, tokens/s and
 * time left; elsewhere one line per evaluation.
 */
public final class ProgressBar implements TrainingListener {
    private static final int WIDTH = 24;
    private static final double REDRAW_SECONDS = 0.1;
    /** After which most steps are compiled: the first ones would foretell many times the duration. */
    private static final double COMPILED_SECONDS = 3;
    /** Clears the rest of the line, so that a shorter line leaves nothing of a longer one. */
    static final String CLEAR_LINE = "\033[K";

    /** Controls but tabs and line feeds, and marks of the direction of text. */
    private static final Pattern CONTROLS =
            Pattern.compile("[\\p{Cc}\\u061C\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069&&[^\\t\\n]]");

    private final PrintWriter writer;
    private final boolean terminal;
    private final System.@Nullable Logger logger;
    private @Nullable TrainingPlan plan;
    private double validationLoss = Double.NaN;
    private double lastDrawn = Double.NEGATIVE_INFINITY;
    /** When the evaluation before the first step ended. */
    private double firstStepSeconds;

    /** The duration of the steps taken in this process. */
    private double trainingSeconds;

    /** The mean duration of the newest steps, each counting twice as much as the one before. */
    private double recentSeconds;

    private boolean tellsTimeLeft;

    private long tokens;

    private int steps;

    private ProgressBar(PrintWriter writer, boolean terminal, System.@Nullable Logger logger) {
        this.writer = writer;
        this.terminal = terminal;
        this.logger = logger;
    }

    /**
     * Writes to a stream of text.
     *
     * @param terminal whether the text goes to a terminal, which shows a bar
     */
    public static ProgressBar on(PrintWriter writer, boolean terminal) {
        return new ProgressBar(writer, terminal, null);
    }

    /** Writes to a stream of text, as a bar where the program runs in a terminal. */
    public static ProgressBar on(PrintWriter writer) {
        return on(writer, inTerminal());
    }

    /** Writes lines to a logger, at level {@code INFO}, and notices at level {@code WARNING}. */
    public static ProgressBar on(System.Logger logger) {
        return new ProgressBar(new PrintWriter(new LogLines(logger)), false, logger);
    }

    @Override
    public void onStart(TrainingPlan started) {
        plan = started;
        started.choice().ifPresent(this::line);
        line(String.format(
                Locale.ROOT,
                "%,d parameters on %s; %,d training tokens, %,d a step, %.2f epochs; about %,d MB",
                started.parameters(),
                started.compute().backend(),
                started.trainTokens(),
                started.tokensPerStep(),
                started.epochs(),
                (started.estimatedBytes() + 999_999) / 1_000_000));
    }

    @Override
    public void onStep(TrainingStep step) {
        trainingSeconds += step.stepSeconds();
        if (plan != null) {
            tokens += plan.tokensAfter(step.number()) - plan.tokensAfter(step.number() - 1);
        }
        steps++;
        recentSeconds = steps == 1 ? step.stepSeconds() : (recentSeconds + step.stepSeconds()) / 2;
        if (!terminal && plan != null && !tellsTimeLeft && trainingSeconds >= COMPILED_SECONDS) {
            tellsTimeLeft = true;
            line("about " + clock(recentSeconds * (plan.steps() - step.number())) + " left");
        }
        double seconds = step.seconds();
        if (terminal && plan != null && (seconds - lastDrawn >= REDRAW_SECONDS || step.number() == plan.steps())) {
            lastDrawn = seconds;
            draw(plan, step);
        }
    }

    @Override
    public void onSample(int step, String prompt, String text) {
        line((terminal ? "\r" + CLEAR_LINE : "") + "  " + visible((prompt + text).replace('\n', ' ')));
    }

    @Override
    public void onNotice(String message) {
        if (logger != null) {
            logger.log(System.Logger.Level.WARNING, visible(message));
        } else {
            line((terminal ? "\r" + CLEAR_LINE : "") + visible(message));
        }
    }

    @Override
    public boolean showsNotices() {
        return true;
    }

    @Override
    public void onEvaluation(EvaluationPoint point) {
        if (steps == 0) {
            firstStepSeconds = point.seconds();
        }
        validationLoss = point.validationLoss();
        if (!terminal && plan != null) {
            line(String.format(
                    Locale.ROOT,
                    "step %d/%d: train loss %.4f, validation loss %.4f%s%s",
                    point.step(),
                    plan.steps(),
                    point.trainLoss(),
                    point.validationLoss(),
                    bitsPerByte(point),
                    steps == 0 ? "" : speed(plan, point)));
            tellsTimeLeft |= steps > 0;
        }
    }

    @Override
    public void onEnd(TrainingReport report) {
        if (terminal) {
            writer.println();
        }
        line(String.format(
                Locale.ROOT,
                "%,d steps in %s: train loss %.4f, validation loss %.4f%s, %,.0f tokens/s",
                report.steps(),
                clock(report.seconds()),
                report.last().trainLoss(),
                report.last().validationLoss(),
                bitsPerByte(report.last()),
                report.tokensPerSecond()));
    }

    private String speed(TrainingPlan running, EvaluationPoint point) {
        return String.format(
                Locale.ROOT,
                ", %,.0f tokens/s, %s left",
                tokensPerSecond(),
                clock(secondsLeft(running, point.step(), point.seconds())));
    }

    /** {@code  (2.345 bits per byte)}; nothing where the text is not known. */
    private static String bitsPerByte(EvaluationPoint point) {
        return point.bitsPerByte().isPresent()
                ? String.format(
                        Locale.ROOT,
                        " (%.4f bits per byte)",
                        point.bitsPerByte().getAsDouble())
                : "";
    }

    /** In a terminal, shows its controls, and marks of the direction of text, by their numbers. */
    private String visible(String text) {
        return terminal
                ? CONTROLS.matcher(text)
                        .replaceAll(found ->
                                String.format("\\\\u%04X", found.group().codePointAt(0)))
                : text;
    }

    private void draw(TrainingPlan running, TrainingStep step) {
        int done = (int) ((long) WIDTH * step.number() / running.steps());
        writer.print('\r'
                + String.format(
                        Locale.ROOT,
                        "[%s%s] %d/%d loss %.3f validation %.3f %,.0f tokens/s %s left",
                        "=".repeat(done),
                        " ".repeat(WIDTH - done),
                        step.number(),
                        running.steps(),
                        step.loss(),
                        validationLoss,
                        tokensPerSecond(),
                        clock(secondsLeft(running, step.number(), step.seconds())))
                + CLEAR_LINE);
        writer.flush();
    }

    private void line(String text) {
        writer.println(text);
        writer.flush();
    }

    /** The speed of the steps, without evaluations. */
    private double tokensPerSecond() {
        return tokens / trainingSeconds;
    }

    /** The time left, with evaluations. */
    private double secondsLeft(TrainingPlan running, int step, double seconds) {
        return (seconds - firstStepSeconds) / steps * Math.max(0, running.steps() - step);
    }

    /** Formats minutes and seconds, and hours if any. */
    static String clock(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    /** From Java 22 on there is a console without a terminal, too. */
    @SuppressWarnings("SystemConsoleNull") // both cases are handled
    static boolean inTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true; // Before Java 22 a console is a terminal.
        }
    }
}
