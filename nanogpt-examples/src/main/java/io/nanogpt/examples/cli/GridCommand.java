package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.GenerateOptions;
import io.nanogpt.examples.cli.options.ModelSource;
import io.nanogpt.generate.GenerationGrid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code grid} verb. */
@Command(
        name = "grid",
        description = "Continue a prompt at each combination of temperature and top-k.",
        footer = "  nanogpt grid --model my-model --prompt \"H&E\" --temperatures 0.5,0.7 --top-ks 5,10")
final class GridCommand extends Verb {
    @Mixin
    private ModelSource source = new ModelSource();

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "text to continue")
    @SuppressWarnings("NullAway.Init") // required
    private String prompt;

    @Option(
            names = "--temperatures",
            required = true,
            split = ",",
            paramLabel = "T",
            description = "temperatures, for example 0.5,0.7")
    private List<Double> temperatures = new ArrayList<>();

    @Option(
            names = "--top-ks",
            required = true,
            split = ",",
            paramLabel = "K",
            description = "numbers of most likely tokens to sample from, for example 5,10")
    private List<Integer> topKs = new ArrayList<>();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "continuations of each combination, with the same seeds (default: 1)")
    private int samples = 1;

    @Mixin
    private GenerateOptions generation = new GenerateOptions();

    @Override
    public Integer call() {
        if (samples < 1) {
            throw badOption("--samples must be at least 1, but is " + samples);
        }
        for (String option : List.of("temperature", "greedy", "top-k")) {
            if (given().containsKey(option)) {
                throw badOption("give --temperatures and --top-ks in place of --" + option);
            }
        }
        try (LanguageModel model = source.open()) {
            GenerationGrid grid = model.grid(prompt, temperatures, topKs, samples, generation.options());
            if (json()) {
                out().println(new JsonLine()
                        .put("prompt", prompt)
                        .put(
                                "cells",
                                grid.cells().stream().map(GridCommand::map).toList()));
            } else {
                grid.cells().forEach(this::print);
            }
            out().flush();
        }
        return 0;
    }

    private void print(GenerationGrid.Cell cell) {
        out().println("temperature " + cell.temperature() + ", top-k " + cell.topK() + ":");
        for (String sample : cell.samples()) {
            out().println(prompt + sample);
        }
        out().println();
    }

    private static Map<String, Object> map(GenerationGrid.Cell cell) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("temperature", cell.temperature());
        map.put("topK", cell.topK());
        map.put("samples", cell.samples());
        return map;
    }
}
