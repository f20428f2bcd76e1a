package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.fakes.Notices;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.Muon;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.RowwiseAdagrad;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class ResumeTest {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(30);
    private static final int STEPS = 60;

    @TempDir
    private Path folder;

    @Test
    void aFolderNamedAfterAStepThatNoRunHasIsRefused() throws IOException {
        Path folder = Files.createDirectories(checkpoints().resolve("step-9999999999"));
        CheckpointConfig settings = CheckpointConfig.in(checkpoints()).withResume(true);

        assertThatThrownBy(() -> GPT.builder()
                        .layers(1)
                        .heads(1)
                        .embeddingSize(8)
                        .contextLength(8)
                        .steps(1)
                        .training(trainer -> trainer.checkpoints(settings))
                        .train(Corpus.ofText("a text to train on ".repeat(20))))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(folder.toString(), "step 9999999999", "at most 2147483647", "move it out");
    }

    private Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    @Test
    void aRunInterruptedAtAnyStepEndsWithTheSameWeightsAndReport() throws IOException {
        TrainingReport whole = run(settings(), "whole", Integer.MAX_VALUE);
        int at = 0;
        for (int step : new int[] {1, 7, 10, 19, 20, 21, 33, 40, 59}) {
            TrainingReport part = run(resumable(), "part", step);
            assertThat(part.reason()).isEqualTo(StopReason.INTERRUPTED);
            assertThat(part.steps()).isEqualTo(step).isGreaterThan(at);
            at = step;
        }
        TrainingReport last = run(resumable(), "part", Integer.MAX_VALUE);
        assertThat(last.plan().firstStep()).isEqualTo(60);
        assertThat(last.steps()).isEqualTo(STEPS);
        assertThat(folder.resolve("part/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
        assertThat(last.evaluations())
                .extracting(EvaluationPoint::step, EvaluationPoint::trainLoss, EvaluationPoint::validationLoss)
                .isEqualTo(whole.evaluations().stream()
                        .map(point -> Tuple.tuple(point.step(), point.trainLoss(), point.validationLoss()))
                        .toList());
        // A finished run that is resumed takes no step.
        assertThat(run(resumable(), "part", Integer.MAX_VALUE).steps()).isEqualTo(STEPS);
        assertThat(folder.resolve("part/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
    }

    /** The optimizer of the tables keeps a number for each row. */
    @Test
    void aRunWithTablesOfNgramsIsResumedExactly() {
        run(withTables(), "whole", Integer.MAX_VALUE);
        for (int step : new int[] {7, 20, 33}) {
            run(resumable(withTables()), "part", step);
        }
        run(resumable(withTables()), "part", Integer.MAX_VALUE);
        assertThat(folder.resolve("part/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
    }

    private static GPT.Builder withTables() {
        TransformerConfig config = TransformerConfig.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .vocabularySize(100)
                .ngramTables(NgramTables.of(200, 2, 4))
                .build();
        return GPT.builder()
                .model(config)
                .optimizer(ParameterGroups.of(AdamW.defaults())
                        .with(ParameterSelector.tables(), RowwiseAdagrad.defaults()))
                .batchSize(4)
                .steps(STEPS)
                .evaluateEvery(20)
                .evaluationBatches(9)
                .keepBest(true)
                .threads(1);
    }

    @Test
    void aRunIsResumedExactlyWithinAWarmUpOfTheBatch() {
        TrainingReport whole = run(warming(settings()), "whole", Integer.MAX_VALUE);
        assertThat(whole.plan().tokensAfter(STEPS))
                .isLessThan(STEPS * whole.plan().tokensPerStep());
        for (int step : new int[] {7, 20, 33, 51}) {
            run(warming(resumable()), "part", step);
        }
        run(warming(resumable()), "part", Integer.MAX_VALUE);
        run(warming(settings()).threads(3), "threads", Integer.MAX_VALUE);
        for (String other : List.of("part", "threads")) {
            assertThat(folder.resolve(other + "/model.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
        }
        refused(
                "another accumulate (5 after a warm-up of 40 steps) than this one (5)",
                builder -> builder.training(trainer -> trainer.accumulate(5)),
                TEXT);
    }

    @Test
    void aRunIsResumedExactlyWithinAWarmUpOfTheContext() {
        run(cutting(settings()), "whole", Integer.MAX_VALUE);
        for (int step : new int[] {7, 20, 33, 51}) {
            run(cutting(resumable()), "part", step);
        }
        run(cutting(resumable()), "part", Integer.MAX_VALUE);
        run(cutting(settings()).threads(3), "threads", Integer.MAX_VALUE);
        for (String other : List.of("part", "threads")) {
            assertThat(folder.resolve(other + "/model.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
        }
        refused("contextWarmup", builder -> builder.contextWarmup(20), TEXT);
        refused("another contextWarmup (40) than this one (none)", builder -> builder, TEXT);
    }

    private static GPT.Builder cutting(GPT.Builder builder) {
        return builder.training(trainer -> trainer.contextWarmup(40));
    }

    private static GPT.Builder warming(GPT.Builder builder) {
        return builder.training(trainer -> trainer.accumulate(5).batchWarmup(40));
    }

    @Test
    void everyOptimizerOfAGroupGoesOn() throws IOException {
        ParameterGroups groups = ParameterGroups.of(AdamW.defaults())
                .with(ParameterSelector.hidden().withName("*.attn.*"), Muon.defaults())
                .with(ParameterSelector.hidden(), Muon.defaults().withNormalizedRows(true))
                .with(ParameterSelector.embeddings(), Sgd.of(0.1).withMomentum(0.9))
                .with(ParameterSelector.head(), Sgd.of(0.1));
        run(settings().optimizer(groups), "whole", Integer.MAX_VALUE);
        run(resumable().optimizer(groups), "part", 33);
        TrainingReport last = run(resumable().optimizer(groups), "part", Integer.MAX_VALUE);
        assertThat(last.plan().firstStep()).isEqualTo(34);
        assertThat(folder.resolve("part/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
        refused(
                "another optimizer (hidden:*.attn.*: Muon, hidden: Muon with normalized rows, embedding: Sgd with"
                        + " momentum, head: Sgd, AdamW) than this one (AdamW)",
                builder -> builder,
                TEXT);
    }

    @Test
    void theNewestTheBestAndEpochsStay() throws IOException {
        GPT.Builder builder = settings()
                .training(trainer -> trainer.checkpoints(CheckpointConfig.in(checkpoints())
                        .withEvery(8)
                        .withKeepLast(2)
                        .withEpochs(true)));
        TrainingReport report = run(builder, "model", Integer.MAX_VALUE);
        int stepsPerEpoch = (int) Math.ceil(report.plan().stepsPerEpoch());
        List<String> names = names();
        assertThat(names).contains(String.format(Locale.ROOT, "step-%08d-epoch", stepsPerEpoch));
        assertThat(names).anyMatch(name -> name.startsWith(String.format(Locale.ROOT, "step-%08d", report.bestStep())));
        assertThat(names).anyMatch(name -> name.startsWith("step-00000060"));
        assertThat(names).noneMatch(name -> name.startsWith("step-00000008") && !name.endsWith("-epoch"));
        assertThat(names).noneMatch(name -> name.startsWith("."));
        try (LanguageModel checkpoint = LanguageModel.load(checkpoints().resolve(names.get(names.size() - 1)), 1)) {
            assertThat(checkpoint.logits(1, 2)).isNotEmpty();
        }
    }

    @Test
    void otherModelsTokenizersDataAndSettingsAreRefusedByName() {
        run(resumable(), "model", 20);
        refused("another model (layers=1) than this one (layers=2)", builder -> builder.layers(2), TEXT);
        refused("another tokenizer", builder -> builder, TEXT.replace('x', 'X'));
        refused("other data", builder -> builder, TEXT.substring(9) + TEXT.substring(0, 9));
        refused("another seed", builder -> builder.seed(2), TEXT);
        refused("another batchSize", builder -> builder.batchSize(5), TEXT);
        refused("another optimizer", builder -> builder.optimizer(Sgd.of(0.1)), TEXT);
        assertThatThrownBy(() -> settings()
                        .training(trainer -> trainer.checkpoints(CheckpointConfig.in(checkpoints())))
                        .train(Corpus.ofText(TEXT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("earlier run; resume it");
    }

    private void refused(String what, UnaryOperator<GPT.Builder> change, String text) {
        assertThatThrownBy(() -> change.apply(resumable()).train(Corpus.ofText(text)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining(what);
    }

    @Test
    void aBrokenCheckpointIsNamed() throws IOException {
        run(resumable(), "model", 20);
        List<String> names = names();
        Path newest = checkpoints().resolve(names.get(names.size() - 1));
        Files.writeString(newest.resolve("training_state.json"), "{\"version\": 1, \"step\": -3}");
        assertThatThrownBy(() -> resumable().train(Corpus.ofText(TEXT)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("training_state.json");
    }

    @Test
    void aCheckpointThatCannotBeWrittenIsNotedAndTheRunGoesOn() throws IOException {
        Notices notices = new Notices();
        Files.writeString(checkpoints(), "a file in the way, as hopeless as a full disk");
        GPT.Builder builder = resumable().listener(notices);
        TrainingReport report = run(builder, "model", Integer.MAX_VALUE);
        assertThat(report.steps()).isEqualTo(STEPS);
        assertThat(notices.heard()).isNotEmpty().allMatch(notice -> notice.contains("could not be written"));
        assertThat(folder.resolve("model/model.safetensors")).exists();
    }

    @Test
    void aSecondRunInTheFolderOfOneThatTrainsIsRefused() {
        List<Throwable> refusals = new ArrayList<>();
        run(
                resumable().listener(new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {
                        if (step.number() == 5 || step.number() == 25) {
                            refusals.add(catchThrowable(() -> resumable().train(Corpus.ofText(TEXT))));
                        }
                    }
                }),
                "part",
                Integer.MAX_VALUE);
        assertThat(refusals)
                .hasSize(2)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isInstanceOf(NanogptException.class)
                        .hasMessage("another run keeps its checkpoints in " + checkpoints()
                                + "; wait until it ends, or choose another folder for this run"));
        run(settings(), "whole", Integer.MAX_VALUE);
        assertThat(folder.resolve("part/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
        assertThat(run(resumable(), "part", Integer.MAX_VALUE).steps()).isEqualTo(STEPS);
    }

    @Test
    void aRunFromAMachineWithOtherArithmeticGoesOnWithANotice() throws IOException {
        Notices notices = new Notices();
        run(resumable(), "part", 20);
        run(resumable().listener(notices), "part", 30);
        assertThat(notices.heard()).isEmpty();

        Path state = checkpoints().resolve("step-00000030/training_state.json");
        String recorded = Files.readString(state);
        String here = recorded.contains("\"no fused multiply-add\"") ? "no fused multiply-add" : "fused multiply-add";
        String there = here.equals("fused multiply-add") ? "no fused multiply-add" : "fused multiply-add";
        assertThat(recorded).contains('"' + here + '"');
        Files.writeString(state, recorded.replace('"' + here + '"', '"' + there + '"'));
        run(resumable().listener(notices), "part", 40);
        assertThat(notices.heard())
                .singleElement()
                .asString()
                .contains(
                        "step-00000030 was written with " + there + ", and this run computes with " + here,
                        "resume it with " + there + " for the same bits");
    }

    @Test
    void aListenerThatThrowsLosesNothingThatWasSaved() {
        assertThatThrownBy(() -> run(
                        resumable().listener(new TrainingListener() {
                            @Override
                            public void onStep(TrainingStep step) {
                                if (step.number() == 45) {
                                    throw new IllegalStateException("enough");
                                }
                            }
                        }),
                        "model",
                        Integer.MAX_VALUE))
                .hasMessage("enough");
        run(resumable(), "part", Integer.MAX_VALUE);
        run(settings(), "whole", Integer.MAX_VALUE);
        assertThat(folder.resolve("part/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
    }

    @Test
    void listenersGetTheirStateBack() {
        Counting first = new Counting();
        run(resumable().listener(first), "model", 40);
        Counting second = new Counting();
        run(resumable().listener(second), "model", 50);
        assertThat(first.steps).isEqualTo(40);
        assertThat(second.steps).isEqualTo(50);
    }

    private static final class Counting implements TrainingListener {
        private int steps;

        @Override
        public void onStep(TrainingStep step) {
            steps++;
        }

        @Override
        public String state() {
            return Integer.toString(steps);
        }

        @Override
        public void restore(String state) {
            steps = Integer.parseInt(state);
        }
    }

    private GPT.Builder resumable() {
        return resumable(settings());
    }

    private GPT.Builder resumable(GPT.Builder builder) {
        return builder.training(trainer -> trainer.checkpoints(
                CheckpointConfig.in(checkpoints()).withEvery(10).withResume(true)));
    }

    private static GPT.Builder settings() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .dropout(0.2)
                .batchSize(4)
                .steps(STEPS)
                .learningRate(1e-2)
                .evaluateEvery(20)
                .evaluationBatches(9)
                .keepBest(true)
                .threads(1);
    }

    private TrainingReport run(GPT.Builder builder, String name, int interruptAfter) {
        builder.listener(new TrainingListener() {
            @Override
            public void onStart(TrainingPlan plan) {
                assertThat(plan.firstStep()).isPositive();
            }

            @Override
            public void onStep(TrainingStep step) {
                if (step.number() == interruptAfter) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        try (LanguageModel model = builder.train(Corpus.ofText(TEXT))) {
            assertThat(Thread.interrupted()).isEqualTo(interruptAfter < STEPS);
            model.save(folder.resolve(name));
            return model.report().orElseThrow();
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(checkpoints())) {
            return paths.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
