package io.nanogpt.impl.interop;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes indexes of sharded weights. */
class ShardedSourceFuzzTest {
    private static final String INDEX =
            "{\"metadata\":{},\"weight_map\":{\"F32\":\"a.safetensors\",\"F16\":\"a.safetensors\"}}";

    static Stream<byte[]> seeds() {
        Untrusted.write(
                "a.safetensors",
                Untrusted.seeds("weights/floats.safetensors").findFirst().orElseThrow());
        return Stream.concat(
                Stream.of(INDEX.getBytes(StandardCharsets.UTF_8)),
                Untrusted.seeds("weights/huggingface/qwen2/model.safetensors.index.json"));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("model.safetensors.index.json", content, path -> {
            try (ShardedSource source = ShardedSource.open(path, SafetensorsFile::open)) {
                source.names().forEach(source::floats);
            }
        });
    }
}
