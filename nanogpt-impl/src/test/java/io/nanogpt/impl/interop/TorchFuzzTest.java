package io.nanogpt.impl.interop;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes whole files: zip archives and the legacy format. */
class TorchFuzzTest {
    static Stream<byte[]> seeds() {
        return Untrusted.seeds(
                "weights/legacy.pth",
                "weights/zip.pth",
                "weights/protocol4.pth",
                "weights/checkpoint.pt",
                "weights/checkpoints/objects.pt",
                "weights/checkpoints/whole-module.pt");
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("weights.pth", content, path -> {
            try (TorchFile file = TorchFile.open(path)) {
                file.names().forEach(file::floats);
            }
        });
    }
}
