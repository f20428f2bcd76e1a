package io.nanogpt.impl.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Attributes;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class NgramHashTest {
    /** As in {@code Ngrams} of the generator of the fixtures. */
    @Test
    void hashesAreThoseOfTheDefinition() {
        long pair = NgramHash.pair(28, 3, 29);
        assertThat(pair).isEqualTo(28 * 29 + 3);
        assertThat(NgramHash.next(pair, 11, 2)).isEqualTo((815L * 1_000_003 + 11 * 7919 + 2) % 2_147_483_647);
    }

    /** With the largest ids of the largest vocabulary. */
    @Test
    void noHashOverflows() {
        int vocabulary = Attributes.Embedding.MAX_NGRAM_VOCABULARY;
        long id = vocabulary - 1L;
        long hash = NgramHash.pair(id, id, vocabulary);
        BigInteger exact =
                BigInteger.valueOf(id).multiply(BigInteger.valueOf(vocabulary)).add(BigInteger.valueOf(id));
        for (int order = 2; order < Attributes.Embedding.MAX_ORDER; order++) {
            assertThat(hash).isEqualTo(exact.longValueExact());
            hash = NgramHash.next(hash, id, order);
            exact = exact.multiply(BigInteger.valueOf(1_000_003))
                    .add(BigInteger.valueOf(id * 7919 + order))
                    .mod(BigInteger.valueOf(2_147_483_647));
        }
        assertThat(hash).isEqualTo(exact.longValueExact());
    }
}
