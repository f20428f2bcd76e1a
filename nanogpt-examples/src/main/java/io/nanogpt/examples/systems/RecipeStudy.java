package io.nanogpt.examples.systems;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.accounting.Account;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Corpus;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Statistics;
import io.nanogpt.experiment.Trial;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The recipes taken apart: each piece left out, replaced or added, over the same seeds and at the same computation, that
 * of products and attention; what computes more in a step takes fewer steps.
 */
@Command(
        name = "recipe",
        description =
                "Take the recipes apart: each piece left out, replaced or added, at equal computation, over seeds.")
public final class RecipeStudy extends Study {
    /** A text with a recipe of which pieces are changed. */
    enum Part {
        CAPTIONS,
        TABLES,
        SHAKESPEARE,
        SHAKESPEARE_TABLES,
        PAIRS,
        EQUAL;

        boolean plays() {
            return this == SHAKESPEARE || this == SHAKESPEARE_TABLES;
        }

        /** The name of its results on the page. */
        String title() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What is changed, on what text, and the computation of each run. */
    private record Basis(Corpus corpus, Tokenizer tokenizer, Recipe recipe, double flops) {}

    /** The losses of the final weights over the seeds of a variant. */
    private record Losses(List<Run> runs) {
        double of(int index) {
            Run run = runs.get(index);
            return run.last()
                    .orElseThrow()
                    .averagedLoss()
                    .orElse(run.finalValidationLoss().orElseThrow());
        }

        Statistics statistics() {
            return Statistics.of(LongStream.range(0, runs.size())
                    .mapToDouble(i -> of((int) i))
                    .toArray());
        }

        /** Differences to the same seeds of another variant. */
        Statistics less(Losses other) {
            int count = Math.min(runs.size(), other.runs.size());
            return Statistics.of(IntStream.range(0, count)
                    .mapToDouble(i -> of(i) - other.of(i))
                    .toArray());
        }
    }

    @Option(
            names = "--shakespeare",
            paramLabel = "PATH",
            description = "Tiny Shakespeare, for its parts (default: they are left out)")
    private @Nullable Path shakespeare;

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description = "parts to run: ${COMPLETION-CANDIDATES} (default: all)")
    private List<Part> only = List.of(Part.values());

    @Option(names = "--seeds", paramLabel = "N", description = "seeds of each variant (default: 5, and 10 of EQUAL)")
    private @Nullable Integer seeds;

    /** Trains every variant in turn; an interrupted study continues where it was. */
    public static void main(String[] arguments) {
        run(new RecipeStudy(), arguments);
    }

    @Override
    void study() {
        requireAtLeast("--seeds", 1, seeds);
        for (Part part : only) {
            if (!part.plays() || shakespeare != null || data().isEmpty()) {
                compare(part);
            }
        }
    }

    @Override
    Map<String, String> shared() throws IOException {
        Map<String, String> shared = new HashMap<>(super.shared());
        if (shakespeare != null) {
            shared.put("play", StudyFolder.fingerprint("--shakespeare", shakespeare));
        }
        return shared;
    }

    private void compare(Part part) {
        Basis basis = basis(part);
        Map<String, RecipePiece> pieces = pieces(part, basis.recipe());
        Grid grid = Experiment.grid().base("part", part.title()).base("piece", RecipePiece.NOTHING);
        for (String label : pieces.keySet()) {
            grid = label.equals(RecipePiece.NOTHING) ? grid : grid.variant(label, Map.of("piece", label));
        }
        int count = seeds != null ? seeds : part == Part.EQUAL ? size(10, 2) : size(5, 2);
        List<Run> runs = experiment(
                part.title(),
                grid.seeds(LongStream.rangeClosed(1, count).toArray()),
                trial -> train(trial, basis, Objects.requireNonNull(pieces.get(trial.text("piece")), "piece")));
        draw(part.title(), Charts.runs(RunPlot.FINALS, runs, "label"));
        result(part.title(), table(runs));
    }

    private Basis basis(Part part) {
        Corpus corpus = corpus(part);
        Tokenizer tokenizer = part == Part.PAIRS
                ? Tokenizers.byteLevelBpe().vocabularySize(512).train(corpus)
                : Tokenizers.characters().train(corpus);
        Recipe recipe = recipe(part);
        Recipe measure = part == Part.EQUAL ? Recipe.NOTEBOOK.withSteps(steps(2_000, 2)) : recipe;
        return new Basis(corpus, tokenizer, recipe, measure.steps() * flopsOfStep(measure, tokenizer));
    }

    private Corpus corpus(Part part) {
        Path file = part.plays() ? shakespeare : data().orElse(null);
        if (file == null) {
            return sample(100);
        }
        return part.plays() ? Corpus.ofFiles(file) : asInTheNotebook(Corpus.ofJson(file));
    }

    /** What the pieces of a part are changed in. */
    private Recipe recipe(Part part) {
        Recipe recipe = switch (part) {
            case CAPTIONS, PAIRS -> zeroOutputs(Recipe.MODERN).withSteps(240);
            // As it was before this study found one layer enough.
            case TABLES -> zeroOutputs(RecipePiece.changed(Recipe.TABLES, model -> model.layers(2)));
            case SHAKESPEARE -> plays(zeroOutputs(Recipe.MODERN)).withSteps(450);
            case SHAKESPEARE_TABLES -> plays(zeroOutputs(Recipe.MODERN_TABLES)).withSteps(250);
            case EQUAL -> Recipe.MODERN;
        };
        return recipe.withSteps(steps(recipe.steps(), 2));
    }

    /** A recipe as it was before this study found it better without: outputs and head start at zero. */
    private static Recipe zeroOutputs(Recipe recipe) {
        Initialization.FanIn start =
                (Initialization.FanIn) RecipePiece.transformer(recipe).initialization();
        return RecipePiece.changed(
                recipe,
                model -> model.initialization(
                        new Initialization.FanIn(start.gain(), start.embeddingDeviation(), true, true)));
    }

    private static Recipe plays(Recipe recipe) {
        return RecipePiece.changed(
                recipe, model -> model.embeddingSize(64).hiddenRatio(4).contextLength(128));
    }

    private Map<String, RecipePiece> pieces(Part part, Recipe recipe) {
        Stream<List<RecipePiece>> lists = switch (part) {
            case CAPTIONS ->
                Stream.of(
                        RecipePiece.parts(20),
                        RecipePiece.olderParts(),
                        RecipePiece.muon(),
                        RecipePiece.additions(),
                        RecipePiece.sizes());
            case TABLES ->
                Stream.of(RecipePiece.parts(10), RecipePiece.olderParts(), RecipePiece.tables(), RecipePiece.sizes());
            case SHAKESPEARE, PAIRS -> Stream.of(RecipePiece.parts(20), List.of(RecipePiece.withoutMuon()));
            case SHAKESPEARE_TABLES -> Stream.of(RecipePiece.parts(20), List.of(RecipePiece.withoutTables()));
            case EQUAL -> Stream.of(RecipePiece.parts(20).subList(0, 1), List.of(RecipePiece.withTables()));
        };
        Map<String, RecipePiece> pieces = new LinkedHashMap<>();
        lists.flatMap(List::stream)
                .filter(piece -> piece.label().equals(RecipePiece.NOTHING) || !piece.isIn(recipe))
                .forEach(piece -> pieces.put(piece.label(), piece));
        return pieces;
    }

    private LanguageModel train(Trial trial, Basis basis, RecipePiece piece) {
        Recipe recipe = piece.change().apply(basis.recipe());
        int steps = (int) Math.max(2, Math.rint(basis.flops() / flopsOfStep(recipe, basis.tokenizer())));
        GPT.Builder gpt = GPT.builder()
                .recipe(recipe.withSteps(steps))
                .tokenizer(basis.tokenizer())
                .evaluateEvery(steps)
                .evaluateFully(true)
                .evaluationBatches(1)
                .baselines(false)
                .threads(threads());
        piece.averaging().ifPresent(gpt::averaging);
        return gpt.training(trial::prepare).train(basis.corpus());
    }

    /** The FLOPs of products and attention in a step; those of tables are few. */
    private static double flopsOfStep(Recipe recipe, Tokenizer tokenizer) {
        TransformerConfig model = RecipePiece.transformer(recipe).toBuilder()
                .vocabularySize(tokenizer.vocabularySize())
                .ngramTables(NgramTables.NONE)
                .build();
        return (double) recipe.batchSize() * Account.of(model.architecture()).trainingFlops();
    }

    private static String table(List<Run> runs) {
        MarkdownTable table = new MarkdownTable(
                "changed",
                "parameters",
                "tokens",
                "seeds",
                "loss, mean",
                "deviation",
                "difference",
                "its 95 % interval");
        Map<String, List<Run>> byLabel =
                runs.stream().collect(Collectors.groupingBy(Run::label, LinkedHashMap::new, Collectors.toList()));
        Losses baseline = null;
        for (List<Run> variant : byLabel.values()) {
            Losses losses = new Losses(variant);
            baseline = baseline == null ? losses : baseline;
            Run run = variant.get(0);
            Statistics own = losses.statistics();
            Statistics difference = losses.less(baseline);
            String piece = setting(run, "piece");
            boolean first = piece.equals(RecipePiece.NOTHING);
            table.row(
                    piece,
                    number("%,d", run.measures().parameters()),
                    number("%,d", run.tokens()),
                    number("%d", own.count()),
                    number("%.3f", own.mean()),
                    own.count() == 1 ? "" : number("%.3f", own.deviation()),
                    first ? "" : number("%+.3f", difference.mean()),
                    first || own.count() == 1
                            ? ""
                            : number("%+.3f", difference.low()) + " to " + number("%+.3f", difference.high()));
        }
        return table + "\n" + provenance(runs);
    }
}
