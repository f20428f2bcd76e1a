package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.fakes.MapParameters;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDictTest {
    @TempDir
    Path folder;

    @Test
    void prefixesOfWrappersAreDropped() {
        write("_orig_mod.module.transformer.wte.weight", "transformer.h.0._orig_mod.ln_1.weight", "lm_head.weight");
        try (StateDict read = StateDict.open(folder)) {
            assertThat(read.names()).containsExactly("wte.weight", "lm_head.weight", "h.0.ln_1.weight");
            assertThat(read.floats("wte.weight")).containsExactly(0, 1);
            assertThat(read.shape("wte.weight")).isEqualTo(List.of(2L));
        }
    }

    @Test
    void namesThatDifferInPrefixesOnlyAreRefused() {
        write("module.w", "w");
        TorchFileTest.refuses(() -> StateDict.openOwn(folder), "module.w and w", "model.safetensors");
    }

    @Test
    void aHeadThatRepeatsTheTableIsTied() {
        List<ParameterSpec> specs =
                List.of(new ParameterSpec("tok_emb.weight", Shape.of(2), new Initializer.Constant(0)));
        write("transformer.wte.weight", "lm_head.weight");
        try (ModelWeights weights = weights()) {
            MapParameters parameters = new MapParameters(specs);
            weights.read(parameters);
            assertThat(parameters.values("tok_emb.weight")).containsExactly(0, 1);
        }
        new SafetensorsWriter()
                .add("wte.weight", Shape.of(2), SafetensorsTest.from(new float[] {0, 1}))
                .add("lm_head.weight", Shape.of(2), SafetensorsTest.from(new float[] {0, 2}))
                .write(folder.resolve("model.safetensors"));
        try (ModelWeights weights = weights()) {
            TorchFileTest.refuses(() -> weights.check(specs), "unexpected: lm_head.weight (2)");
        }
    }

    private ModelWeights weights() {
        NameTable names = NameTables.of(Layout.GPT2, true);
        return new ModelWeights(StateDict.open(folder), names, 1);
    }

    private void write(String... tensors) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String tensor : tensors) {
            writer.add(tensor, Shape.of(2), SafetensorsTest.from(new float[] {0, 1}));
        }
        writer.write(folder.resolve("model.safetensors"));
    }
}
