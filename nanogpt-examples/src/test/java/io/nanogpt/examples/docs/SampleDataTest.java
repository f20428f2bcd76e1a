package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.data.Corpus;
import io.nanogpt.examples.samples.SampleCaptions;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** docs/data/captions.csv, which README and the tutorial train on, holds the first of the sample captions. */
class SampleDataTest {
    private static final Path FILE = Path.of("docs", "data", "captions.csv");
    private static final int COUNT = 500;

    @Test
    void theFileHoldsTheSampleCaptions() {
        List<String> captions = SampleCaptions.captions(COUNT, 1);
        String expected = IntStream.range(0, COUNT)
                .mapToObj(i -> (i + 1) + ",\"" + captions.get(i) + "\"\n")
                .collect(Collectors.joining("", "id,caption\n", ""));
        assertThat(Documentation.read(FILE)).isEqualTo(expected);
        assertThat(Corpus.ofCsv(Documentation.ROOT.resolve(FILE), "caption").records())
                .isEqualTo(captions);
    }
}
