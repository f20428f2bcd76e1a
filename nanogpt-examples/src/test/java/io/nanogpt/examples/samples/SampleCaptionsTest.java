package io.nanogpt.examples.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SampleCaptionsTest {
    @Test
    void captionsAreDistinctAndOfCaptionLength() {
        assertThat(SampleCaptions.captions())
                .hasSize(2_500)
                .doesNotHaveDuplicates()
                .allSatisfy(caption -> assertThat(caption.length()).isBetween(80, 300))
                .allSatisfy(caption -> assertThat(caption).endsWith(".").doesNotContain("  "));
    }

    @Test
    void theSameSeedGivesTheSameCaptions() {
        assertThat(SampleCaptions.captions(300, 7))
                .isEqualTo(SampleCaptions.captions(300, 7))
                .isNotEqualTo(SampleCaptions.captions(300, 8));
        assertThat(SampleCaptions.captions(200, 7))
                .isEqualTo(SampleCaptions.captions(300, 7).subList(0, 200));
    }

    @Test
    void theLargestCorpusIsWithinTheGrammar() {
        assertThat(SampleCaptions.captions(SampleCaptions.MAXIMUM_COUNT, 1)).hasSize(SampleCaptions.MAXIMUM_COUNT);
    }

    @Test
    void refusesCountsItCannotReach() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleCaptions.captions(0, 1))
                .withMessageContaining("from 1 to 200000, but is 0");
    }
}
