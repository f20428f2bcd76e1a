package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.Generation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Continues a prompt. */
@Command(name = "generate", description = "Continues a prompt, each sample with a seed of its own.")
final class GenerateCommand extends Verb {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "a folder that train saved")
    @SuppressWarnings("NullAway.Init") // required
    private Path folder;

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "what to continue")
    @SuppressWarnings("NullAway.Init") // required
    private String prompt;

    @Option(names = "--max-tokens", description = "the most tokens to generate; 200 by default")
    private @Nullable Integer maxTokens;

    @Option(names = "--temperature", description = "divides the logits; 1 by default, 0 is greedy")
    private @Nullable Double temperature;

    @Option(names = "--top-k", description = "draw among this many ids; no limit by default")
    private @Nullable Integer topK;

    @Option(names = "--seed", description = "of the first sample, one more for each next one; 1337 by default")
    private @Nullable Long seed;

    @Option(names = "--samples", description = "how many; 1 by default")
    private int samples = 1;

    @Option(names = "--stop", description = "end before this text, with \\n and \\t; may be given several times")
    private List<String> stops = new ArrayList<>();

    @Option(names = "--greedy", description = "always the most likely token")
    private boolean greedy;

    @Override
    public Integer call() {
        if (samples < 1) {
            throw badOption("--samples must be at least 1, but is " + samples);
        }
        if (greedy && temperature != null) {
            throw badOption("give --greedy or --temperature, not both");
        }
        if (prompt.isEmpty()) {
            throw badOption("--prompt must not be empty");
        }
        Generation options = options();
        try (LanguageModel model = LanguageModel.load(folder)) {
            model.tokenizer().encode(prompt); // Refuses unknown characters before anything is printed.
            List<String> texts = new ArrayList<>();
            int[] tokens = new int[1];
            PrintWriter out = out();
            long begin = System.nanoTime();
            for (int sample = 0; sample < samples; sample++) {
                if (!json()) {
                    out.print(prompt);
                }
                texts.add(model.stream(prompt, options.seed(options.seed() + sample), token -> {
                    tokens[0]++;
                    if (!json()) {
                        out.print(token.text());
                        out.flush();
                    }
                }));
                if (!json()) {
                    out.println();
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (json()) {
                out.println(new JsonLine().put("samples", texts).put("tokensPerSecond", tokens[0] / seconds));
            }
            out.flush();
        }
        return 0;
    }

    private Generation options() {
        Generation options = greedy ? Generation.greedy() : Generation.defaults();
        if (temperature != null) {
            options = options.withTemperature(temperature);
        }
        if (maxTokens != null) {
            options = options.maxTokens(maxTokens);
        }
        if (topK != null) {
            options = options.topK(topK);
        }
        if (seed != null) {
            options = options.seed(seed);
        }
        for (String stop : stops) {
            options = options.stop(Escapes.resolve(stop));
        }
        return options;
    }
}
