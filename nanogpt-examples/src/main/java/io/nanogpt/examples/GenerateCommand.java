package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.generate.Token.Scores;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Continues a prompt. */
@Command(name = "generate", description = "Continues a prompt, each sample with a seed of its own.")
final class GenerateCommand extends Verb {
    @Mixin
    private ModelSource source = new ModelSource();

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "what to continue")
    @SuppressWarnings("NullAway.Init") // required
    private String prompt;

    @Mixin
    private GenerateOptions generation = new GenerateOptions();

    @Option(names = "--samples", description = "how many; 1 by default")
    private int samples = 1;

    @Option(names = "--logprobs", description = "with --json: each token's log-probability and this many alternatives")
    private @Nullable Integer logProbabilities;

    @Option(names = "--beams", description = "search the most likely continuations instead, with this many beams")
    private @Nullable Integer beams;

    @Option(names = "--length-penalty", description = "of --beams: 0 ranks by probability, 1 (the default) by its mean")
    private double lengthPenalty = 1;

    @Override
    public Integer call() {
        if (samples < 1) {
            throw badOption("--samples must be at least 1, but is " + samples);
        }
        if (logProbabilities != null && !json()) {
            throw badOption("--logprobs needs --json");
        }
        if (prompt.isEmpty()) {
            throw badOption("--prompt must not be empty");
        }
        GenerationOptions options = generation.options();
        if (logProbabilities != null) {
            options = options.withLogProbabilities(logProbabilities);
        }
        try (LanguageModel model = source.open()) {
            model.tokenizer().encode(prompt); // Refuses unknown characters before anything is printed.
            if (beams == null) {
                draw(model, options);
            } else {
                search(model, new BeamSearch(beams, lengthPenalty), options);
            }
            out().flush();
        }
        return 0;
    }

    private void draw(LanguageModel model, GenerationOptions options) {
        List<String> texts = new ArrayList<>();
        List<List<Token>> tokens = new ArrayList<>();
        PrintWriter out = out();
        long begin = System.nanoTime();
        for (int sample = 0; sample < samples; sample++) {
            List<Token> drawn = new ArrayList<>();
            tokens.add(drawn);
            if (!json()) {
                out.print(prompt);
            }
            texts.add(model.stream(prompt, options.withSeed(options.seed() + sample), token -> {
                drawn.add(token);
                if (!json()) {
                    out.print(token.text());
                    out.flush();
                }
            }));
            if (!json()) {
                out.println();
            }
        }
        if (json()) {
            double seconds = (System.nanoTime() - begin) / 1e9;
            int count = tokens.stream().mapToInt(List::size).sum();
            JsonLine line = new JsonLine().put("samples", texts).put("tokensPerSecond", count / seconds);
            if (logProbabilities != null) {
                line.put("tokens", tokens.stream().map(GenerateCommand::scores).toList());
            }
            out.println(line);
        }
    }

    private static List<Map<String, Object>> scores(List<Token> tokens) {
        return tokens.stream()
                .map(token -> {
                    Scores scores = token.scores().orElseThrow();
                    Map<String, Object> map = new LinkedHashMap<>();
                    map.put("id", token.id());
                    map.put("text", token.text());
                    map.put("logProbability", scores.logProbability());
                    map.put(
                            "best",
                            scores.best().stream()
                                    .map(GenerateCommand::alternative)
                                    .toList());
                    return map;
                })
                .toList();
    }

    private static Map<String, Object> alternative(Scores.Alternative alternative) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", alternative.id());
        map.put("text", alternative.text());
        map.put("logProbability", alternative.logProbability());
        return map;
    }

    private void search(LanguageModel model, BeamSearch search, GenerationOptions options) {
        List<Hypothesis> found = model.beamSearch(prompt, search, options);
        if (json()) {
            out().println(new JsonLine()
                    .put("samples", found.stream().map(Hypothesis::text).toList())
                    .put("scores", found.stream().map(Hypothesis::score).toList())
                    .put(
                            "logProbabilities",
                            found.stream().map(Hypothesis::logProbability).toList()));
            return;
        }
        for (Hypothesis hypothesis : found) {
            out().printf(Locale.ROOT, "%.4f %s%s%n", hypothesis.score(), prompt, hypothesis.text());
        }
    }
}
