package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.GenerateOptions;
import io.nanogpt.examples.cli.options.ModelSource;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code generate} verb. */
@Command(
        name = "generate",
        description = "Continue a prompt.",
        footer = {
            "  nanogpt generate --model my-model --prompt \"H&E\" --temperature 0.7 --top-k 10",
            "  nanogpt generate --model my-model --prompt \"H&E\" --samples 3 --stop \"\\n<ENDC>\"",
            "  nanogpt generate --onnx my-onnx --prompt \"H&E\" --beams 4"
        })
final class GenerateCommand extends Verb {
    @Mixin
    private ModelSource source = new ModelSource();

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "text to continue")
    @SuppressWarnings("NullAway.Init") // required
    private String prompt;

    @Mixin
    private GenerateOptions generation = new GenerateOptions();

    @Option(names = "--samples", paramLabel = "N", description = "continuations to generate (default: 1)")
    private @Nullable Integer samples;

    @Option(
            names = "--logprobs",
            paramLabel = "N",
            description = "print the log-probability of each token, and the N most likely ones in its place")
    private @Nullable Integer logProbabilities;

    @Heading("Beam search")
    @Option(
            names = "--beams",
            paramLabel = "N",
            description = "search for the most likely continuations with N beams, not by sampling")
    private @Nullable Integer beams;

    @Heading("Beam search")
    @Option(
            names = "--length-penalty",
            paramLabel = "X",
            description = "0 ranks by total log-probability, 1 by its mean over tokens (default: 1)")
    private @Nullable Double lengthPenalty;

    @Override
    public Integer call() {
        require(samples == null || samples >= 1, "--samples must be at least 1, but is " + samples);
        require(!prompt.isEmpty(), "--prompt must not be empty");
        requireSearchOptions();
        GenerationOptions options = generation.options();
        if (logProbabilities != null) {
            options = options.withLogProbabilities(logProbabilities);
        }
        BeamSearch search = beams == null ? null : new BeamSearch(beams, lengthPenalty == null ? 1 : lengthPenalty);
        try (LanguageModel model = source.open()) {
            if (search == null) {
                draw(model, options);
            } else {
                search(model, search, options);
            }
            out().flush();
        }
        return 0;
    }

    /** Refuses options of sampling beside those of a search, and the other way round. */
    private void requireSearchOptions() {
        if (beams == null) {
            require(lengthPenalty == null, "--length-penalty needs --beams");
            return;
        }
        Set<String> unused = new TreeSet<>(GenerateOptions.ONLY_SAMPLING);
        unused.addAll(List.of("samples", "logprobs"));
        unused.retainAll(given().keySet());
        require(unused.isEmpty(), "--beams searches and does not sample; leave out --" + String.join(", --", unused));
    }

    private void draw(LanguageModel model, GenerationOptions options) {
        List<String> texts = new ArrayList<>();
        List<List<Token>> tokens = new ArrayList<>();
        PrintWriter out = out();
        long begin = System.nanoTime();
        for (int sample = 0; sample < (samples == null ? 1 : samples); sample++) {
            List<Token> drawn = new ArrayList<>();
            tokens.add(drawn);
            texts.add(model.stream(prompt, options.withSeed(options.seed() + sample), token -> {
                if (!json()) {
                    // Not before a token is there: what the model refuses has an error and nothing else.
                    out.print(drawn.isEmpty() ? prompt + token.text() : token.text());
                    out.flush();
                }
                drawn.add(token);
            }));
            if (!json()) {
                out.println(drawn.isEmpty() ? prompt : "");
                if (logProbabilities != null) {
                    drawn.forEach(token -> out.println(scored(token)));
                }
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

    /** {@code -0.1234  88.4 % " the"     of " the" 88.4 %, " a" 6.0 %}. */
    private static String scored(Token token) {
        Scores scores = token.scores().orElseThrow();
        String best = scores.best().stream()
                .map(each -> String.format(
                        Locale.ROOT, "%s %.1f %%", quoted(each.text()), 100 * Math.exp(each.logProbability())))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "%9.4f %5.1f %% %-14s%s",
                scores.logProbability(),
                100 * Math.exp(scores.logProbability()),
                quoted(token.text()),
                best.isEmpty() ? "" : " of " + best);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\n", "\\n").replace("\t", "\\t") + "\"";
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
