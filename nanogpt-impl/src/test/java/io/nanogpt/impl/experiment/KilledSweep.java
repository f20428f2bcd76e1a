package io.nanogpt.impl.experiment;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingStep;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A program that starts or resumes a sweep over small models, and is killed meanwhile. */
public final class KilledSweep {
    static final Corpus CORPUS = Corpus.ofText("the quick brown fox jumps over the lazy dog; ".repeat(60));

    static final Grid GRID = Experiment.grid()
            .base("steps", 60)
            .vary("learning-rate", 1e-2, 1e-3)
            .vary("heads", 2, 3)
            .seeds(1, 2)
            .checkpointEvery(20);

    private KilledSweep() {}

    /** Sweeps in a folder, and waits to be killed in a run of a learning rate and a seed of 1, after some steps. */
    public static void main(String[] arguments) {
        double learningRate = Double.parseDouble(arguments[2]);
        int steps = Integer.parseInt(arguments[3]);
        GRID.parallel(Integer.parseInt(arguments[1]))
                .run(
                        Path.of(arguments[0]),
                        trial -> train(trial, new TrainingListener() {
                            @Override
                            public void onStart(TrainingPlan plan) {
                                System.out.println("from " + plan.firstStep());
                            }

                            @Override
                            public void onStep(TrainingStep step) {
                                if (step.number() == steps
                                        && trial.seed() == 1
                                        && trial.number("learning-rate") == learningRate) {
                                    System.out.println("kill me");
                                    while (true) {
                                        LockSupport.park();
                                    }
                                }
                            }
                        }));
    }

    /** Eight wide: three heads do not divide it. */
    static LanguageModel train(Trial trial, TrainingListener listener) {
        return GPT.builder()
                .layers(1)
                .heads(trial.integer("heads"))
                .embeddingSize(8)
                .contextLength(8)
                .dropout(0.1)
                .batchSize(2)
                .steps(trial.integer("steps"))
                .learningRate(trial.number("learning-rate"))
                .evaluateEvery(20)
                .evaluationBatches(2)
                .keepBest(true)
                .training(trial::prepare)
                .training(trainer -> trainer.samples(new SampleConfig(
                        List.of("the"), GenerationOptions.temperature(1).withMaxTokens(5))))
                .listener(listener)
                .train(CORPUS);
    }
}
