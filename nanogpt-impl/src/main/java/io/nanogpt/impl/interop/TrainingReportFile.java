package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Compute;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code training_report.json}: the report of the run that made a model. */
final class TrainingReportFile {
    static final String NAME = "training_report.json";

    private static final int VERSION = 1;
    private static final Set<String> REPORT = Set.of(
            "version",
            "plan",
            "steps",
            "reason",
            "evaluations",
            "bestStep",
            "stepMillisMedian",
            "tokensPerSecond",
            "seconds",
            "baselines",
            "weights");
    private static final Set<String> BASELINES = Set.of("uniform", "ngrams", "note");
    private static final Set<String> COMPUTE = Set.of("backend", "kernels", "reason", "advice");
    private static final Set<String> PLAN = Set.of(
            "compute",
            "parameters",
            "vocabularySize",
            "trainTokens",
            "validationTokens",
            "firstStep",
            "steps",
            "tokensPerStep",
            "flopsPerToken",
            "peakFlops",
            "stepsPerEpoch",
            "epochs",
            "estimatedSeconds",
            "estimatedBytes",
            "settings");
    private static final Set<String> EVALUATION =
            Set.of("step", "trainLoss", "validationLoss", "seconds", "averagedLoss", "bitsPerByte");

    private TrainingReportFile() {}

    /**
     * The content of the file.
     *
     * @param weights the {@link SafetensorsFile#identity} of the weights that the run made; empty if they have none
     */
    static byte[] bytes(TrainingReport report, Optional<String> weights) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", VERSION);
        file.put("plan", plan(report.plan()));
        file.put("steps", report.steps());
        file.put("reason", report.reason().name());
        List<Map<String, Object>> evaluations = new ArrayList<>();
        for (EvaluationPoint point : report.evaluations()) {
            Map<String, Object> evaluation = new LinkedHashMap<>();
            evaluation.put("step", point.step());
            evaluation.put("trainLoss", point.trainLoss());
            evaluation.put("validationLoss", point.validationLoss());
            evaluation.put("seconds", point.seconds());
            point.averagedLoss().ifPresent(loss -> evaluation.put("averagedLoss", loss));
            point.bitsPerByte().ifPresent(bits -> evaluation.put("bitsPerByte", bits));
            evaluations.add(evaluation);
        }
        file.put("evaluations", evaluations);
        file.put("bestStep", report.bestStep());
        file.put("stepMillisMedian", report.stepMillisMedian());
        file.put("tokensPerSecond", report.tokensPerSecond());
        file.put("seconds", report.seconds());
        report.baselines().ifPresent(baselines -> file.put("baselines", baselines(baselines)));
        weights.ifPresent(identity -> file.put("weights", identity));
        return JsonObjects.bytes(file);
    }

    private static Map<String, Object> baselines(Baselines baselines) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("uniform", baselines.uniform());
        file.put("ngrams", baselines.ngrams());
        file.put("note", baselines.note());
        return file;
    }

    private static Baselines readBaselines(JsonValue baselines) {
        baselines.allowOnly(BASELINES);
        return new Baselines(
                number(baselines, "uniform"),
                baselines.member("ngrams").elements().stream()
                        .map(TrainingReportFile::number)
                        .toList(),
                baselines.member("note").string());
    }

    private static Map<String, Object> compute(Compute compute) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("backend", compute.backend());
        file.put("kernels", compute.kernels().name());
        file.put("reason", compute.reason());
        compute.advice().ifPresent(advice -> file.put("advice", advice));
        return file;
    }

    private static Map<String, Object> plan(TrainingPlan plan) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("compute", compute(plan.compute()));
        file.put("parameters", plan.parameters());
        file.put("vocabularySize", plan.vocabularySize());
        file.put("trainTokens", plan.trainTokens());
        file.put("validationTokens", plan.validationTokens());
        file.put("firstStep", plan.firstStep());
        file.put("steps", plan.steps());
        file.put("tokensPerStep", plan.tokensPerStep());
        file.put("flopsPerToken", plan.flopsPerToken());
        plan.peakFlops().ifPresent(value -> file.put("peakFlops", value));
        file.put("stepsPerEpoch", plan.stepsPerEpoch());
        file.put("epochs", plan.epochs());
        file.put("estimatedSeconds", plan.estimatedSeconds());
        file.put("estimatedBytes", plan.estimatedBytes());
        file.put("settings", plan.settings());
        return file;
    }

    /**
     * Reads the report; empty if there is no file, as in folders of older versions and of other programs, or if it is of
     * other weights.
     *
     * @param isSame whether an identity is that of the weights beside it; files of older versions have none
     * @throws NanogptException if the file is invalid, naming the place
     */
    static Optional<TrainingReport> read(Path file, Predicate<String> isSame) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonValue root = JsonValue.read(file, "the report of a training run");
        root.member("version").integer(VERSION, VERSION);
        root.allowOnly(REPORT);
        JsonValue weights = root.optional("weights");
        if (weights != null && !isSame.test(weights.string())) {
            return Optional.empty();
        }
        List<EvaluationPoint> evaluations = new ArrayList<>();
        for (JsonValue point : root.member("evaluations").elements()) {
            point.allowOnly(EVALUATION);
            evaluations.add(new EvaluationPoint(
                    integer(point, "step"),
                    number(point, "trainLoss"),
                    number(point, "validationLoss"),
                    number(point, "seconds"),
                    optional(point, "averagedLoss"),
                    optional(point, "bitsPerByte")));
        }
        if (evaluations.isEmpty()) {
            throw root.member("evaluations").error("expected at least one evaluation, but there is none");
        }
        return Optional.of(new TrainingReport(
                readPlan(root.member("plan")),
                integer(root, "steps"),
                constant(StopReason.class, root.member("reason")),
                evaluations,
                integer(root, "bestStep"),
                number(root, "stepMillisMedian"),
                number(root, "tokensPerSecond"),
                number(root, "seconds"),
                Optional.ofNullable(root.optional("baselines")).map(TrainingReportFile::readBaselines)));
    }

    private static TrainingPlan readPlan(JsonValue plan) {
        plan.allowOnly(PLAN);
        Map<String, String> settings = new LinkedHashMap<>();
        plan.member("settings").members().forEach((name, value) -> settings.put(name, value.string()));
        TrainingPlan.Builder builder = TrainingPlan.builder()
                .compute(readCompute(plan.member("compute")))
                .parameters(count(plan, "parameters"))
                .vocabularySize(integer(plan, "vocabularySize"))
                .trainTokens(count(plan, "trainTokens"))
                .validationTokens(count(plan, "validationTokens"))
                .firstStep(integer(plan, "firstStep"))
                .steps(integer(plan, "steps"))
                .tokensPerStep(count(plan, "tokensPerStep"))
                .flopsPerToken(count(plan, "flopsPerToken"))
                .stepsPerEpoch(number(plan, "stepsPerEpoch"))
                .epochs(number(plan, "epochs"))
                .estimatedSeconds(number(plan, "estimatedSeconds"))
                .estimatedBytes(count(plan, "estimatedBytes"))
                .settings(settings);
        @Nullable JsonValue peak = plan.optional("peakFlops");
        return peak == null ? builder.build() : builder.peakFlops(peak.number()).build();
    }

    private static Compute readCompute(JsonValue compute) {
        compute.allowOnly(COMPUTE);
        return new Compute(
                compute.member("backend").string(),
                constant(Compute.Kernels.class, compute.member("kernels")),
                compute.member("reason").string(),
                Optional.ofNullable(compute.optional("advice")).map(JsonValue::string));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonValue value) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(value.string())) {
                return constant;
            }
            names.add(constant.name());
        }
        throw value.error("expected one of " + names + ", but found " + value.string());
    }

    private static int integer(JsonValue json, String name) {
        return (int) count(json, name, Integer.MAX_VALUE);
    }

    private static long count(JsonValue json, String name) {
        return count(json, name, Long.MAX_VALUE);
    }

    private static long count(JsonValue json, String name, long most) {
        return json.member(name).integer(0, most);
    }

    private static OptionalDouble optional(JsonValue json, String name) {
        return json.optional(name) == null ? OptionalDouble.empty() : OptionalDouble.of(number(json, name));
    }

    private static double number(JsonValue json, String name) {
        return number(json.member(name));
    }

    private static double number(JsonValue value) {
        if (!Double.isFinite(value.number())) {
            throw value.error("expected a finite number");
        }
        return value.number();
    }
}
