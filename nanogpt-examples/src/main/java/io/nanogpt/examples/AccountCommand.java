package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.accounting.Account;
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

/** Prints what a model costs. */
@Command(name = "account", description = "Prints the parameters, FLOPs, memory and training time of a model.")
final class AccountCommand extends Verb {
    private static final double GIGA = 1e9;

    @Option(names = "--model", paramLabel = "DIR", description = "a folder that train saved, in place of a preset")
    private @Nullable Path folder;

    @Mixin
    private ArchitectureOptions architecture = new ArchitectureOptions();

    @Option(names = "--vocabulary-size", description = "token ids; the preset's by default")
    private @Nullable Integer vocabularySize;

    @Option(names = "--batch-size", description = "sequences a step; 1 by default")
    private int batchSize = 1;

    @Option(names = "--memory-gb", description = "how many sequences fit into so many gigabytes of 10^9 bytes")
    private @Nullable Double memory;

    @Option(names = "--flops", description = "how long training takes on hardware of so many FLOP/s")
    private @Nullable Double flops;

    @Option(names = "--mfu", description = "the share of those that the model reaches; 0.5 by default")
    private double utilization = 0.5;

    @Option(names = "--steps", description = "of that training; 400,000 by default")
    private long steps = 400_000;

    @Override
    public Integer call() {
        if (batchSize < 1) {
            throw badOption("--batch-size must be at least 1, but is " + batchSize);
        }
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
            ModelConfig config = architecture.config(architecture.preset().orElse(Preset.CAPTIONS));
            Architecture model =
                    (vocabularySize == null ? config : config.withVocabularySize(vocabularySize)).architecture();
            return Account.of(model);
        }
        if (architecture.preset().isPresent() || vocabularySize != null) {
            throw badOption("give --model or --preset, not both; --vocabulary-size goes with --preset");
        }
        try (LanguageModel model = LanguageModel.load(folder)) {
            Integer length = architecture.contextLength();
            return length == null ? Account.of(model.architecture()) : Account.of(model.architecture(), length);
        }
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
            line.put("trainingDays", account.trainingDays(steps, batchSize, flops, utilization));
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
                "memory of a batch of %d: parameters %.2f GB, gradients %.2f GB, optimizer %.2f GB, activations %.2f GB,"
                        + " together %.2f GB%n",
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
            double days = account.trainingDays(steps, batchSize, flops, utilization);
            print(
                    "%,d steps at %.3g FLOP/s and %.0f%% utilization: %.4g days (%.3g years)%n",
                    steps, flops, 100 * utilization, days, days / 365);
        }
    }

    private void print(String format, Object... values) {
        out().printf(Locale.ROOT, format, values);
    }
}
