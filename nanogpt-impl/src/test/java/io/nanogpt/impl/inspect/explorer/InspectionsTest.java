package io.nanogpt.impl.inspect.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Inspection;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is kept of inspections, and that the values of those that are not are the same. */
@Tag("any-jdk")
class InspectionsTest {
    private static final Set<AttentionHead> HEADS = Set.of(new AttentionHead(1, 0));
    private static final int[] IDS = {3, 1, 4, 1, 5, 2};

    private static LanguageModel model;

    @BeforeAll
    static void train() {
        model = GPT.builder()
                .layers(2)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .steps(1)
                .train(Corpus.ofText("abcdefg, abcdefg. ".repeat(20)));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void smallOnesAreKept() {
        Inspections inspections = new Inspections(model);
        Inspection first = inspections.of(IDS, HEADS);
        assertThat(inspections.of(IDS, Set.of())).isNotSameAs(first);
        assertThat(inspections.of(IDS, HEADS)).isSameAs(first);
        // The newest four, and the first was asked for again.
        for (int id = 0; id < 3; id++) {
            inspections.of(new int[] {id}, Set.of());
        }
        assertThat(inspections.of(IDS, HEADS)).isSameAs(first);
        for (int id = 0; id < 4; id++) {
            inspections.of(new int[] {id}, Set.of());
        }
        assertThat(inspections.of(IDS, HEADS)).isNotSameAs(first);
    }

    @Test
    void ofLargeOnesNothingIsKeptAndTheMapsAreTheSame() {
        long bytes = Float.BYTES * (long) IDS.length * (model.architecture().vocabularySize() + 4L * IDS.length);
        assertThat(new Inspections(model, bytes))
                .satisfies(exact -> assertThat(exact.of(IDS, HEADS)).isSameAs(exact.of(IDS, HEADS)));

        Inspections inspections = new Inspections(model, bytes - 1);
        Inspection large = inspections.of(IDS, HEADS);
        assertThat(inspections.of(IDS, HEADS)).isNotSameAs(large);
        assertThat(inspections.attention(large, 1)).isNotSameAs(inspections.attention(large, 1));
        assertThat(inspections.attention(large, 1))
                .isDeepEqualTo(new Inspections(model).of(IDS, HEADS).attention().layer(1));
        assertThat(inspections.of(new int[] {3}, HEADS)).isSameAs(inspections.of(new int[] {3}, HEADS));
    }
}
