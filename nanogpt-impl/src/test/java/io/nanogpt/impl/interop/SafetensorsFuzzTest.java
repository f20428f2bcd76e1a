package io.nanogpt.impl.interop;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFuzzTest {
    static Stream<byte[]> seeds() {
        return Untrusted.seeds("weights/floats.safetensors", "weights/integers.safetensors");
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("model.safetensors", content, path -> {
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                for (String name : file.names()) {
                    if (ElementType.valueOf(file.dtype(name)).isFloating()) {
                        file.floats(name);
                    } else {
                        file.longs(name);
                    }
                }
            }
        });
    }
}
