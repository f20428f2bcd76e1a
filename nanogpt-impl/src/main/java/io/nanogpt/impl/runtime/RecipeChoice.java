package io.nanogpt.impl.runtime;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Windows;
import io.nanogpt.impl.data.TokenIds;
import io.nanogpt.impl.recipe.RecipeChooser;
import io.nanogpt.impl.recipe.RecipeChooser.Choice;
import io.nanogpt.impl.recipe.RecipeChooser.Text;
import io.nanogpt.impl.train.TrainingRun;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.ChosenRecipe;
import io.nanogpt.train.Effort;
import io.nanogpt.train.EvaluationConfig;
import io.nanogpt.train.Quality;
import io.nanogpt.train.StoppingCriteria;
import io.nanogpt.train.TableRounding;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Chooses tokenizer and recipe for one corpus, by what it counts in the text and measures on the machine. */
final class RecipeChoice {
    private static final System.Logger LOGGER = System.getLogger(RecipeChoice.class.getName());

    /** Texts of more characters are trained on byte pairs. */
    private static final int MOST_CHARACTERS = 4_000_000;

    private static final int BYTE_PAIR_VOCABULARY = 2_048;

    /** Vocabularies of more characters, as of Chinese, are byte pairs too. */
    private static final int LARGEST_ALPHABET = 2_000;

    /** Evaluations without a lower validation loss after which a run has begun to overfit. */
    private static final int PATIENCE = 3;

    private static final int EVALUATIONS = 8;

    private static final int EVALUATION_BATCHES = 20;

    /** The most validation tokens of which every one is evaluated each time. */
    private static final long MOST_EVALUATED = 50_000;

    /** The share of a budget that steps may take; the rest is for evaluations, and for a machine that slows down. */
    private static final double STEPS_SHARE = 0.7;

    /** The share of a budget that measuring may take: a JVM compiles the kernels of a step for seconds. */
    private static final double MEASURING_SHARE = 0.05;

    private static final int LEAST_MEASURING_MILLIS = 300;

    private static final int MOST_MEASURING_MILLIS = 3_000;

    /** The most tokens of which n-grams are counted for the baselines, and the time for one. */
    private static final long MOST_COUNTED = 16_000_000;

    private static final double SECONDS_TO_COUNT = 1e-6;

    private final Corpus.Split split;
    private final Effort effort;
    private final TrainingConfig config;
    private final long begin = System.nanoTime();

    RecipeChoice(Corpus.Split split, Effort effort, TrainingConfig config) {
        this.split = split;
        this.effort = effort;
        this.config = config;
    }

    ChosenRecipe choose(Corpus corpus, Optional<Tokenizer> given) {
        Tokenizer tokenizer = given.orElseGet(() -> tokenizer(corpus));
        int[] train = tokenizer.encode(split.train());
        int[] validation = tokenizer.encode(split.validation());
        Text text = new Text(train.length, validation.length, tokenizer.vocabularySize());
        Optional<Double> speed = effort.budget()
                .map(budget -> flopsPerSecond(
                        RecipeChooser.choose(text, RecipeChooser.flops(Quality.FAST), effort),
                        text.vocabularySize(),
                        new TrainingRun.Data(windows(train, text), windows(validation, text))));
        double flops = speed.map(perSecond -> perSecond * STEPS_SHARE * secondsLeft(text))
                .orElseGet(() -> RecipeChooser.flops(effort.quality()));
        Choice choice = RecipeChooser.choose(text, flops, effort);
        String reason = String.format(
                Locale.ROOT,
                "chosen for %,d training tokens of a vocabulary of %,d, %s: %s",
                text.trainTokens(),
                text.vocabularySize(),
                speed.map(perSecond -> String.format(
                                Locale.ROOT,
                                "%s, and %.3g GFLOP/s of this machine",
                                effort.budget().orElseThrow(),
                                perSecond / 1e9))
                        .orElse("quality " + effort.quality()),
                choice.describe());
        if (config.listeners().isEmpty()) {
            LOGGER.log(System.Logger.Level.INFO, reason);
        }
        return new ChosenRecipe(
                choice.recipe(),
                tokenizer,
                TableRounding.INT8,
                evaluation(choice, text),
                stopping(choice, text),
                reason);
    }

    private static boolean mayOverfit(Choice choice) {
        return choice.epochs() > 1;
    }

    /** Over the whole validation split where the best weights must be found and it is small. */
    private static EvaluationConfig evaluation(Choice choice, Text text) {
        int steps = choice.recipe().steps();
        return EvaluationConfig.defaults()
                .withEvery(Math.max(1, (steps + EVALUATIONS - 1) / EVALUATIONS))
                .withBatches(EVALUATION_BATCHES)
                .withFull(mayOverfit(choice) && text.validationTokens() <= MOST_EVALUATED)
                .withKeepBest(mayOverfit(choice));
    }

    private static Windows windows(int[] ids, Text text) {
        return Windows.of(TokenIds.of(ids, text.vocabularySize()));
    }

    private static Tokenizer tokenizer(Corpus corpus) {
        if (corpus.text().length() <= MOST_CHARACTERS) {
            Tokenizer characters = Tokenizers.characters().train(corpus);
            if (characters.vocabularySize() <= LARGEST_ALPHABET) {
                return characters;
            }
        }
        return Tokenizers.byteLevelBpe().vocabularySize(BYTE_PAIR_VOCABULARY).train(corpus);
    }

    private double flopsPerSecond(Choice sample, int vocabulary, TrainingRun.Data data) {
        Architecture architecture =
                sample.recipe().model().withVocabularySize(vocabulary).architecture();
        TrainingConfig settings = Trainer.builder()
                .optimization(sample.recipe().optimization())
                .batchSize(sample.recipe().batchSize())
                .steps(1)
                .baselines(false)
                .config();
        try (Backend backend = TrainingBackends.open(config.backend(), config.threads())) {
            double seconds = TrainingRun.stepSeconds(backend, architecture, data, settings, measuringMillis());
            return sample.flops() / sample.recipe().steps() / seconds;
        }
    }

    private int measuringMillis() {
        double share = MEASURING_SHARE * effort.budget().orElseThrow().toMillis();
        return (int) Math.max(LEAST_MEASURING_MILLIS, Math.min(share, MOST_MEASURING_MILLIS));
    }

    private StoppingCriteria stopping(Choice choice, Text text) {
        StoppingCriteria stopping =
                StoppingCriteria.never().withSteps(choice.recipe().steps());
        if (mayOverfit(choice)) {
            stopping = stopping.withPatience(PATIENCE);
        }
        return effort.budget().isEmpty()
                ? stopping
                : stopping.withTime(Duration.ofMillis(Math.max(1, Math.round(secondsLeft(text) * 1_000))));
    }

    /** What is left of the budget for the run, without the counting of baselines after it. */
    private double secondsLeft(Text text) {
        double baselines =
                config.evaluation().baselines() ? Math.min(text.trainTokens(), MOST_COUNTED) * SECONDS_TO_COUNT : 0;
        double left = effort.budget().orElseThrow().toMillis() / 1e3 - (System.nanoTime() - begin) / 1e9;
        return Math.max(left - baselines, left / 2);
    }
}
