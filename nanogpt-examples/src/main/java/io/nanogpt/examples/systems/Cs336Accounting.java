package io.nanogpt.examples.systems;

import io.nanogpt.accounting.Account;
import io.nanogpt.accounting.Account.Component;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Preset;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Answers to the accounting questions of the CS336 assignment, computed from graphs. */
final class Cs336Accounting {
    private static final double GIGA = 1e9;
    private static final int LONG_CONTEXT = 16_384;
    private static final double A100_FLOPS = 19.5e12;
    private static final double A100_BYTES = 80 * GIGA;

    private Cs336Accounting() {}

    static void answer(Consumer<String> lines) {
        for (Preset preset : List.of(
                StudyPresets.TRANSFORMER_LM_SMALL,
                StudyPresets.TRANSFORMER_LM_MEDIUM,
                StudyPresets.TRANSFORMER_LM_LARGE,
                StudyPresets.TRANSFORMER_LM_XL)) {
            lines.accept(forward(preset + ":", Account.of(preset.config().architecture())));
        }
        Account longer = Account.of(StudyPresets.TRANSFORMER_LM_XL.config().architecture(), LONG_CONTEXT);
        lines.accept(forward("XL at " + LONG_CONTEXT + " tokens:", longer));
        training(lines);
    }

    private static String forward(String name, Account account) {
        return String.format(
                Locale.ROOT,
                "%-24s %,13d parameters, %.2f GB; forward %,.0f GFLOP: projections %.1f%%, scores %.1f%%, values %.1f%%,"
                        + " MLP %.1f%%, head %.1f%%",
                name,
                account.parameters(),
                account.parameterBytes() / GIGA,
                account.forwardFlops() / GIGA,
                100 * account.share(Component.PROJECTIONS),
                100 * account.share(Component.SCORES),
                100 * account.share(Component.VALUES),
                100 * account.share(Component.MLP),
                100 * account.share(Component.HEAD));
    }

    /** XL with the two-matrix MLP, trained with AdamW on one A100 in float32 at half of its peak. */
    private static void training(Consumer<String> lines) {
        Account account = Account.of(StudyPresets.TRANSFORMER_LM_XL
                .transformer()
                .activation(Activation.SILU)
                .hiddenRatio(4)
                .build()
                .architecture());
        lines.accept(String.format(
                Locale.ROOT,
                "XL with two matrices:    %,13d parameters: %.2f GB with gradients and moments, %.2f GB of activations a"
                        + " sequence; 80 GB hold %d sequences",
                account.parameters(),
                account.trainingBytes(0) / GIGA,
                account.activationBytes(1) / GIGA,
                account.largestBatch(A100_BYTES)));
        lines.accept(String.format(
                Locale.ROOT,
                "400,000 steps of 1,024 sequences at half of 19.5 TFLOP/s: %.1f years",
                account.trainingDays(400_000, 1_024, A100_FLOPS, 0.5) / 365));
    }
}
