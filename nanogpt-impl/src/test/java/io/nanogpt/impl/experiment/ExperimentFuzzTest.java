package io.nanogpt.impl.experiment;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes run files and grid files; each is also read as the other. */
class ExperimentFuzzTest {
    private static final String GRID = """
            {"base": {"steps": 500, "sample": true, "data": ["a.txt"]}, "vary": {"learning-rate": [1e-3, 0.01]},
             "variants": [{"steps": 5, "label": "short"}], "seeds": [1, -2]}""";

    static Stream<byte[]> seeds() {
        return Stream.of(run(), GRID.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] run() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            RunJson.write(Runs.finished("run", Runs.settings("steps", "5"), 1, 4.5, 2.5), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("run.json", content, ExperimentFuzzTest::readRun);
        Untrusted.read("grid.json", content, GridFile::read);
    }

    private static void readRun(Path file) {
        RunJson.read(file, "run");
    }
}
