package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.accounting.Account;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ArchitectureOptions;
import io.nanogpt.examples.cli.options.ModelPreset;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code account} verb. */
@Command(
        name = "account",
        description = "Count the parameters, FLOPs, memory and training time of a model.",
        footer = {
            "  nanogpt account --preset gpt2 --batch-size 8 --memory-gb 24",
            "  nanogpt account --model my-model --context-length 512",
            "  nanogpt account --preset gpt2 --layers 24 --flops 3e14 --mfu 0.4"
        })
final class AccountCommand extends Verb {
    private static final double GIGA = 1e9;

    @Option(names = "--model", paramLabel = "DIR", description = "saved model, in place of a preset")
    private @Nullable Path folder;

    @Mixin
    private ArchitectureOptions architecture = new ArchitectureOptions();

    @Option(
            names = "--vocabulary-size",
            paramLabel = "N",
            description = "token ids (default: the vocabulary of the preset's source)")
    private @Nullable Integer vocabularySize;

    @Option(names = "--batch-size", paramLabel = "N", description = "sequences a step (default: 1)")
    private int batchSize = 1;

    @Option(
            names = "--memory-gb",
            paramLabel = "GB",
            description = "print the largest batch in this memory, in 10^9 bytes")
    private @Nullable Double memory;

    @Option(names = "--flops", paramLabel = "X", description = "print the training time on hardware of X FLOP/s")
    private @Nullable Double flops;

    @Option(names = "--mfu", paramLabel = "X", description = "share of --flops that is reached (default: 0.5)")
    private @Nullable Double utilization;

    @Option(names = "--steps", paramLabel = "N", description = "optimizer steps of the training (default: 400,000)")
    private @Nullable Long steps;

    @Override
    public Integer call() {
        require(batchSize >= 1, "--batch-size must be at least 1, but is " + batchSize);
        require(
                flops == null || (flops > 0 && flops < Double.POSITIVE_INFINITY),
                "--flops must be above 0 and finite, such as 3e14, but is " + flops);
        require(flops != null || (utilization == null && steps == null), "--mfu and --steps need --flops");
        Account account = account();
        if (json()) {
            out().println(json(account));
        } else {
            print(account);
        }
        out().flush();
        return 0;
    }

    private Account account() {
        if (folder == null) {
            ModelConfig config = architecture.config(
                    architecture.preset().map(ModelPreset::model).orElse(Preset.CAPTIONS));
            Architecture model =
                    (vocabularySize == null ? config : config.withVocabularySize(vocabularySize)).architecture();
            return Account.of(model);
        }
        require(architecture.preset().isEmpty(), "give --model or --preset, not both");
        require(vocabularySize == null, "--vocabulary-size is for presets, but --model has a vocabulary");
        List<String> switches = new ArrayList<>(givenOf(ArchitectureOptions.class));
        switches.remove("--context-length");
        require(switches.isEmpty(), "--model has its own settings; leave out " + String.join(", ", switches));
        try (LanguageModel model = LanguageModel.load(folder)) {
            Integer length = architecture.contextLength();
            return length == null ? Account.of(model.architecture()) : Account.of(model.architecture(), length);
        }
    }

    private long steps() {
        return steps == null ? 400_000 : steps;
    }

    private double utilization() {
        return utilization == null ? 0.5 : utilization;
    }

    private JsonLine json(Account account) {
        List<Map<String, Object>> components = new ArrayList<>();
        for (Account.Part part : account.parts()) {
            Map<String, Object> component = new LinkedHashMap<>();
            component.put("component", part.component().toString());
            component.put("parameters", part.parameters());
            component.put("forwardFlops", part.forwardFlops());
            component.put("trainingFlops", 3 * part.forwardFlops());
            component.put("share", account.share(part.component()));
            components.add(component);
        }
        JsonLine line = new JsonLine()
                .put("contextLength", account.contextLength())
                .put("batchSize", batchSize)
                .put("parameters", account.parameters())
                .put("parametersWithoutEmbeddings", account.parametersWithoutEmbeddings())
                .put("forwardFlops", account.forwardFlops())
                .put("trainingFlops", account.trainingFlops())
                .put("optimizerFlops", account.optimizerFlops())
                .put("components", components)
                .put("parameterBytes", account.parameterBytes())
                .put("gradientBytes", account.gradientBytes())
                .put("optimizerBytes", account.optimizerBytes())
                .put("activationBytes", account.activationBytes(batchSize))
                .put("trainingBytes", account.trainingBytes(batchSize));
        if (memory != null) {
            line.put("largestBatch", account.largestBatch(memory * GIGA));
        }
        if (flops != null) {
            line.put("trainingDays", account.trainingDays(steps(), batchSize, flops, utilization()));
        }
        return line;
    }

    private void print(Account account) {
        print("%-12s %16s %20s %8s%n", "component", "parameters", "forward FLOPs", "share");
        for (Account.Part part : account.parts()) {
            print(
                    "%-12s %,16d %,20d %7.1f%%%n",
                    part.component(), part.parameters(), part.forwardFlops(), 100 * account.share(part.component()));
        }
        print(
                "%-12s %,16d %,20d%nwithout embeddings %,d%n%n",
                "total", account.parameters(), account.forwardFlops(), account.parametersWithoutEmbeddings());
        print(
                "a sequence of %,d tokens: %.4g FLOPs forward, %.4g in training; an update of AdamW %.4g%n",
                account.contextLength(), (double) account.forwardFlops(), (double) account.trainingFlops(), (double)
                        account.optimizerFlops());
        print(
                "memory of a batch of %d: parameters %.2f GB, gradients %.2f GB, optimizer %.2f GB, activations %.2f"
                        + " GB, together %.2f GB%n",
                batchSize,
                account.parameterBytes() / GIGA,
                account.gradientBytes() / GIGA,
                account.optimizerBytes() / GIGA,
                account.activationBytes(batchSize) / GIGA,
                account.trainingBytes(batchSize) / GIGA);
        if (memory != null) {
            print("the largest batch in %.1f GB: %d%n", memory, account.largestBatch(memory * GIGA));
        }
        if (flops != null) {
            double days = account.trainingDays(steps(), batchSize, flops, utilization());
            print(
                    "%,d steps at %.3g FLOP/s and %.0f%% utilization: %.4g days (%.3g years)%n",
                    steps(), flops, 100 * utilization(), days, days / 365);
        }
    }

    private void print(String format, Object... values) {
        out().printf(Locale.ROOT, format, values);
    }
}
