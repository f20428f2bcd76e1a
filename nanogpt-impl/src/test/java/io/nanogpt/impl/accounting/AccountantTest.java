package io.nanogpt.impl.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.accounting.Account;
import io.nanogpt.accounting.Account.Component;
import io.nanogpt.impl.StudyPresets;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Activation;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with the figures worked out by hand in the CS336 course. */
class AccountantTest {
    private static Account account(ModelConfig config, int contextLength) {
        return Accountant.account(Zoo.create(config).graph(), contextLength);
    }

    @ParameterizedTest
    @CsvSource({
        "transformer-lm-small, 350",
        "transformer-lm-medium, 1033",
        "transformer-lm-large, 2258",
        "transformer-lm-xl, 4513"
    })
    void forwardPassesAtContext1024(String preset, long gigaflops) {
        Account account = account(StudyPresets.of(preset).config(), 1024);
        assertThat(Math.round(account.forwardFlops() / 1e9)).isEqualTo(gigaflops);
        assertThat(account.trainingFlops()).isEqualTo(3 * account.forwardFlops());
    }

    /** Lookups cost no FLOPs; a projection counts with the embeddings. */
    @Test
    void ngramTablesAreEmbeddings() {
        TransformerConfig.Builder captions = Preset.CAPTIONS.transformer();
        Account plain = account(captions.build(), 64);
        Account tables = account(captions.ngramTables(NgramTables.of(100, 2, 3)).build(), 64);
        assertThat(tables.parametersWithoutEmbeddings()).isEqualTo(plain.parametersWithoutEmbeddings());
        assertThat(tables.parameters()).isEqualTo(plain.parameters() + 2 * 100 * 128);
        assertThat(tables.forwardFlops()).isEqualTo(plain.forwardFlops());
        Account projected = account(
                captions.ngramTables(NgramTables.of(100, 2, 3).withWidth(8)).build(), 64);
        assertThat(projected.parametersWithoutEmbeddings()).isEqualTo(plain.parametersWithoutEmbeddings());
        assertThat(projected.forwardFlops()).isEqualTo(plain.forwardFlops() + 64 * 2 * 16 * 128);
    }

    @Test
    void sharesOfTheSmallModel() {
        Account account = account(StudyPresets.TRANSFORMER_LM_SMALL.config(), 1024);
        assertThat(account.share(Component.PROJECTIONS)).isCloseTo(0.166, within(0.0005));
        assertThat(account.share(Component.SCORES)).isCloseTo(0.055, within(0.0005));
        assertThat(account.share(Component.VALUES)).isCloseTo(0.055, within(0.0005));
        assertThat(account.share(Component.MLP)).isCloseTo(0.498, within(0.0005));
        assertThat(account.share(Component.HEAD)).isCloseTo(0.226, within(0.0005));
    }

    @Test
    void theXlModel() {
        ModelConfig config = StudyPresets.TRANSFORMER_LM_XL.config();
        Account account = account(config, 1024);
        assertThat(account.parameters()).isEqualTo(2_127_057_600L);
        assertThat(account.parameterBytes() / 1e9).isCloseTo(8.51, within(0.005));
        assertThat(account(config, 16_384).forwardFlops() / 1e12).isCloseTo(149.5, within(0.05));
    }

    @Test
    void theXlModelWithTwoMatricesAnMlp() {
        Account account = account(
                StudyPresets.TRANSFORMER_LM_XL
                        .transformer()
                        .activation(Activation.SILU)
                        .build(),
                1024);
        assertThat(account.parameters()).isEqualTo(1_635_537_600L);
        assertThat(account.trainingBytes(0)).isEqualTo(16 * account.parameters());
        assertThat(account.activationBytes(1) / 1e9).isCloseTo(10.49, within(0.005));
        assertThat(account.largestBatch(80e9)).isEqualTo(5);
        assertThat(account.largestBatch(1e9)).isZero();
        assertThat(account.trainingDays(400_000, 1024, 19.5e12, 0.5) / 365).isCloseTo(14, within(0.1));
        assertThatThrownBy(() -> account.trainingDays(1, 1, 1, 1.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("io.nanogpt.impl.StudyPresets#all")
    void everyParameterBelongsToOneComponent(Preset preset) {
        Account account = account(preset.config(), preset.config().contextLength());
        assertThat(account.parameters())
                .isEqualTo(Zoo.create(preset.config()).graph().parameterCount());
        assertThat(account.forwardFlops()).isPositive();
        assertThat(account.parametersWithoutEmbeddings()).isBetween(1L, account.parameters());
    }

    @Test
    void costsBeyondEveryNumberAreRefused() {
        assertThatThrownBy(() -> account(Preset.GPT2_XL.config(), Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sequences of 2147483647 tokens cost this model more than 9223372036854775807");
    }
}
