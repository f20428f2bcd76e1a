package io.nanogpt.impl.interop;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.StudyPresets;
import io.nanogpt.impl.fuzz.Untrusted;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.Preset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes configurations of transformers and of this library, up to the architecture. */
class ConfigFuzzTest {
    static Stream<byte[]> seeds() {
        Stream<byte[]> theirs = Untrusted.seeds(
                "weights/huggingface/gpt2/config.json",
                "weights/huggingface/llama/config.json",
                "weights/huggingface/mistral/config.json",
                "weights/huggingface/qwen2/config.json",
                "weights/families/llama-llama3/config.json",
                "weights/families/llama-yarn/config.json",
                "weights/families/llama-longrope/config.json",
                "weights/families/qwen3-windows/config.json",
                "weights/families/smollm3/config.json",
                "weights/families/gemma2/config.json",
                "weights/families/gemma3-text/config.json",
                "weights/families/gpt-neo/config.json",
                "weights/families/gpt-neox/config.json",
                "weights/families/opt/config.json",
                "weights/families/phi/config.json",
                "weights/families/olmo2/config.json",
                "weights/families/stablelm/config.json");
        Stream<byte[]> ours = Stream.of(Preset.CAPTIONS, Preset.LSTM, StudyPresets.K_GRAM_CONV)
                .map(preset -> config(preset.config().architecture()));
        return Stream.concat(theirs, ours);
    }

    private static byte[] config(Architecture architecture) {
        Map<String, Object> config = new LinkedHashMap<>(architecture.settings());
        config.put("model_type", architecture.kind());
        return JsonObjects.bytes(config);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("config.json", content, ConfigFuzzTest::architecture);
    }

    private static void architecture(Path file) {
        ModelFolder.Config config = new ModelFolder(file.getParent()).readConfig();
        if (config instanceof ModelFolder.Own own) {
            Zoo.create(own.kind(), own.settings());
        } else if (config instanceof ModelFolder.HuggingFace hub) {
            Zoo.create(hub.transformer());
            HuggingFaceConfig.of(hub.transformer());
        }
    }
}
