package io.nanogpt.impl.onnx;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.ParameterStore;
import java.util.Map;

/** Models with heads of 8, the smallest that ONNX Runtime's own attention computes with, and others. */
final class TestModels {
    static final Architecture GPT = Zoo.create(gpt().dropout(0.1f).build());
    static final Map<String, Architecture> ALL = Map.ofEntries(
            Map.entry("gpt", GPT),
            Map.entry("tied", Zoo.create(gpt().tiedHead(true).build())),
            Map.entry("llama", Zoo.create(llama(false).build())),
            Map.entry("interleaved", Zoo.create(llama(true).keyValueHeads(1).build())),
            Map.entry("llama of wide heads", Zoo.create(llama(false).heads(2).build())),
            Map.entry(
                    "interleaved wide heads",
                    Zoo.create(llama(true).heads(2).keyValueHeads(1).build())),
            Map.entry(
                    "window", Zoo.create(llama(false).keyValueHeads(2).window(5).build())),
            Map.entry("lstm", Zoo.create(new LstmConfig(2, 24, 40, 24, 61))),
            Map.entry("k-gram of zeros", Zoo.create(kGram(new KGramConfig.Input.OneHot(), -1))),
            Map.entry("k-gram of padding", Zoo.create(kGram(new KGramConfig.Input.OneHot(), 3))),
            Map.entry("k-gram of rows of zeros", Zoo.create(kGram(new KGramConfig.Input.Embedding(24), -1))),
            Map.entry("k-gram of rows of padding", Zoo.create(kGram(new KGramConfig.Input.Convolution(24), 0))));

    private TestModels() {}

    private static TransformerConfig.Builder gpt() {
        return TransformerConfig.builder()
                .layers(2)
                .heads(4)
                .embeddingSize(32)
                .contextLength(24)
                .vocabularySize(61);
    }

    private static TransformerConfig.Builder llama(boolean interleaved) {
        return gpt().activation(Activation.SWIGLU)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, interleaved));
    }

    private static KGramConfig kGram(KGramConfig.Input input, int padding) {
        return new KGramConfig(input, new KGramConfig.Context(4, padding, 24), 2, 40, 61);
    }

    /** Weights large enough that every operation matters. */
    static ParameterStore random(CpuBackend backend, Architecture architecture) {
        ParameterStore parameters = backend.allocate(architecture.graph().parameters());
        long key = CounterRandom.key(7, 0);
        long index = 0;
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = new float[spec.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (CounterRandom.uniform(key, index++) - 0.5);
            }
            parameters.write(spec.name(), values);
        }
        return parameters;
    }
}
