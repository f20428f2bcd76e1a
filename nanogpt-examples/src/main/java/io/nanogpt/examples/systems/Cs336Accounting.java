package io.nanogpt.examples.systems;

import io.nanogpt.accounting.Account;
import io.nanogpt.accounting.Account.Component;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import java.util.List;
import java.util.Locale;

/** Answers to the accounting questions of the CS336 assignment, computed from graphs. */
final class Cs336Accounting {
    private static final double GIGA = 1e9;
    private static final int LONG_CONTEXT = 16_384;
    private static final double A100_FLOPS = 19.5e12;
    private static final double A100_BYTES = 80 * GIGA;

    private Cs336Accounting() {}

    /** What models of several sizes cost in one forward pass of a sequence, and where. */
    static String costs() {
        MarkdownTable table = new MarkdownTable(
                "model",
                "parameters",
                "memory, GB",
                "forward, GFLOP",
                "projections",
                "scores",
                "values",
                "MLP",
                "head",
                "AdamW, GFLOP");
        for (Preset preset : List.of(
                StudyPresets.TRANSFORMER_LM_SMALL,
                StudyPresets.TRANSFORMER_LM_MEDIUM,
                StudyPresets.TRANSFORMER_LM_LARGE,
                StudyPresets.TRANSFORMER_LM_XL)) {
            row(table, preset.name(), Account.of(preset.config().architecture()));
        }
        row(
                table,
                "XL, " + LONG_CONTEXT + " tokens",
                Account.of(StudyPresets.TRANSFORMER_LM_XL.config().architecture(), LONG_CONTEXT));
        return table.toString();
    }

    private static void row(MarkdownTable table, String name, Account account) {
        table.row(
                name,
                Study.number("%,d", account.parameters()),
                Study.number("%.2f", account.parameterBytes() / GIGA),
                Study.number("%,.0f", account.forwardFlops() / GIGA),
                share(account, Component.PROJECTIONS),
                share(account, Component.SCORES),
                share(account, Component.VALUES),
                share(account, Component.MLP),
                share(account, Component.HEAD),
                Study.number("%,.1f", account.optimizerFlops() / GIGA));
    }

    private static String share(Account account, Component component) {
        return Study.number("%.1f %%", 100 * account.share(component));
    }

    /** The matrix products of a forward pass of XL, with their shapes; their sum is that of the account. */
    static String products() {
        TransformerConfig config = (TransformerConfig) StudyPresets.TRANSFORMER_LM_XL.config();
        long t = config.size().contextLength();
        long c = config.size().embeddingSize();
        long h = config.attention().heads();
        long layers = config.size().layers();
        long hidden = config.mlp().hiddenSize();
        List<Product> products = List.of(
                new Product("queries, keys, values", t, c, 3 * c, layers),
                new Product("scores, each head", t, c / h, t, layers * h),
                new Product("values, each head", t, t, c / h, layers * h),
                new Product("output of attention", t, c, c, layers),
                new Product("gate and up", t, c, 2 * hidden, layers),
                new Product("down", t, hidden, c, layers),
                new Product("head", t, c, config.vocabularySize(), 1));
        MarkdownTable table = new MarkdownTable("product", "shapes", "times", "GFLOP");
        for (Product product : products) {
            table.row(
                    product.name(),
                    Study.number("(%d", product.rows()) + " x " + product.inner() + ") (" + product.inner() + " x "
                            + product.columns() + ")",
                    Study.number("%,d", product.times()),
                    Study.number("%,.1f", product.flops() / GIGA));
        }
        long sum = products.stream().mapToLong(Product::flops).sum();
        long account = Account.of(config.architecture()).forwardFlops();
        if (sum != account) {
            throw new IllegalStateException("the products have " + sum + " FLOPs, but the account has " + account);
        }
        table.row("all", "", "", Study.number("%,.1f", sum / GIGA));
        return table.toString();
    }

    /** A product of (rows x inner) and (inner x columns), some times in a forward pass. */
    private record Product(String name, long rows, long inner, long columns, long times) {
        long flops() {
            return 2 * rows * inner * columns * times;
        }
    }

    /** XL with the two-matrix MLP, trained with AdamW on one A100 in float32 at half of its peak. */
    static String training() {
        Account account = Account.of(StudyPresets.TRANSFORMER_LM_XL
                .transformer()
                .activation(Activation.SILU)
                .hiddenRatio(4)
                .build()
                .architecture());
        return String.format(
                Locale.ROOT,
                "XL with two matrices: %,d parameters, %.2f GB with gradients and moments, %.2f GB of activations a"
                        + " sequence; 80 GB hold %d sequences. An update with AdamW takes %.0f GFLOP. 400,000 steps of 1,024"
                        + " sequences at half of 19.5 TFLOP/s: %.1f years.",
                account.parameters(),
                account.trainingBytes(0) / GIGA,
                account.activationBytes(1) / GIGA,
                account.largestBatch(A100_BYTES),
                account.optimizerFlops() / GIGA,
                account.trainingDays(400_000, 1_024, A100_FLOPS, 0.5) / 365);
    }
}
