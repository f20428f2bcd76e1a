package io.nanogpt.impl.interop;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.WeightsImportOptions;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes checkpoints of any format and layout, which their content tells, up to the model that they belong to. */
class CheckpointFuzzTest {
    static Stream<byte[]> seeds() {
        return Untrusted.seeds(
                "weights/checkpoints/objects.pt",
                "weights/checkpoints/nested-prefixes.ckpt",
                "weights/checkpoints/min-gpt.pt",
                "weights/checkpoints/lit-gpt.pth",
                "weights/families/qwen3/model.safetensors",
                "weights/families/gpt-neox/model.safetensors",
                "fixtures/lstm/init.safetensors",
                "fixtures/gpt2/init.safetensors");
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("weights", content, CheckpointFuzzTest::check);
    }

    private static void check(Path file) {
        StateDictModel model =
                StateDictModel.open(file, WeightsImportOptions.ofFolder().withHeads(2));
        try (ModelWeights weights = model.weights()) {
            weights.check(Zoo.create(model.config()).graph().parameters());
        }
    }
}
