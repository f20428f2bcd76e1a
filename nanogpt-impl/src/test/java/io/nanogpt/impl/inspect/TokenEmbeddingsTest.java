package io.nanogpt.impl.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.data.Corpus;
import io.nanogpt.inspect.EmbeddingMap;
import io.nanogpt.inspect.Neighbour;
import io.nanogpt.tokenizer.Tokenizers;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class TokenEmbeddingsTest {
    private static final Vocabulary ABCD =
            new Vocabulary(Tokenizers.characters().train(Corpus.ofText("abcd")));

    @Test
    void neighboursAreRankedByTheCosine() {
        float[] values = {1, 0, /**/ 5, 5, /**/ -2, 0, /**/ 0, 0};
        List<Neighbour> neighbours = new TokenEmbeddings(values, 2).neighbours(0, 9, ABCD);
        assertThat(neighbours).extracting(Neighbour::text).containsExactly("b", "d", "c");
        assertThat(neighbours).extracting(Neighbour::id).containsExactly(1, 3, 2);
        assertThat(neighbours.get(0).similarity()).isCloseTo(Math.sqrt(0.5), within(1e-6));
        assertThat(neighbours.get(2).similarity()).isEqualTo(-1);
    }

    @Test
    void idsAndCountsAreChecked() {
        TokenEmbeddings embeddings = new TokenEmbeddings(new float[] {1, 0, 0, 1}, 2);
        assertThatThrownBy(() -> embeddings.neighbours(2, 1, ABCD)).hasMessageContaining("ids run from 0 to 1");
        assertThatThrownBy(() -> embeddings.neighbours(0, 0, ABCD)).hasMessageContaining("at least 1, but is 0");
    }

    /** Points on an ellipse in three dimensions, whose axes are known. */
    @Test
    void theMapShowsTheTwoLongestAxes() {
        int points = 720;
        float[] values = new float[points * 3];
        for (int i = 0; i < points; i++) {
            double angle = 2 * Math.PI * i / points;
            double along = 6 * Math.cos(angle);
            double across = 2 * Math.sin(angle);
            values[3 * i] = (float) (7 + along * 0.6);
            values[3 * i + 1] = (float) (-1 + along * 0.8);
            values[3 * i + 2] = (float) (3 + across);
        }
        EmbeddingMap map = new TokenEmbeddings(values, 3).map();
        for (int i = 0; i < points; i++) {
            double angle = 2 * Math.PI * i / points;
            assertThat((double) map.x()[i]).isCloseTo(6 * Math.cos(angle), within(1e-4));
            assertThat((double) map.y()[i]).isCloseTo(2 * Math.sin(angle), within(1e-4));
        }
        assertThat(map.shareX()).isCloseTo(0.9, within(1e-6));
        assertThat(map.shareY()).isCloseTo(0.1, within(1e-6));
    }

    @Test
    void theMapIsTheSameEveryTimeAndFiniteForOnePoint() {
        Random random = new Random(1);
        float[] values = new float[64 * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        assertThat(new TokenEmbeddings(values, 16).map().x())
                .isEqualTo(new TokenEmbeddings(values.clone(), 16).map().x());
        EmbeddingMap one = new TokenEmbeddings(new float[] {3, 4}, 2).map();
        assertThat(one.x()).containsExactly(0);
        assertThat(one.shareX()).isZero();
    }
}
