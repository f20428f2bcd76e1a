package io.nanogpt.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.accounting.Account.Component;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountTest {
    private static final Account ACCOUNT = new Account(
            16,
            List.of(new Account.Part(Component.EMBEDDINGS, 100, 0), new Account.Part(Component.HEAD, 200, 6_400)),
            1_000);

    @Test
    void totalsAreSumsOfParts() {
        assertThat(ACCOUNT.parameters()).isEqualTo(300);
        assertThat(ACCOUNT.parametersWithoutEmbeddings()).isEqualTo(200);
        assertThat(ACCOUNT.trainingFlops()).isEqualTo(19_200);
        assertThat(ACCOUNT.trainingBytes(2)).isEqualTo(16 * 300 + 8_000);
        assertThat(ACCOUNT.largestBatch(16 * 300 + 8_000)).isEqualTo(2);
        assertThat(ACCOUNT.largestBatch(10)).isZero();
    }

    @Test
    void costsThatNoNumberHoldsAreRefused() {
        assertThatThrownBy(() -> new Account(1, List.of(new Account.Part(Component.MLP, 1, Long.MAX_VALUE / 2)), 1))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Account(1, List.of(new Account.Part(Component.MLP, Long.MAX_VALUE / 8, 1)), 1))
                .isInstanceOf(ArithmeticException.class);
        Account large = new Account(1, List.of(), 1L << 40);
        assertThatThrownBy(() -> large.activationBytes(Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a batch of 2147483647 sequences needs more than 9223372036854775807 bytes");
        assertThatThrownBy(() -> large.trainingBytes(Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }
}
