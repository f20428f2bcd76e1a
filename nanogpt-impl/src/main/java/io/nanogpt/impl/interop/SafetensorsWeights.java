package io.nanogpt.impl.interop;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import java.nio.file.Path;
import java.util.List;

/** The weights of a saved model as one safetensors file, under the names of its parameters. */
record SafetensorsWeights(ParameterStore parameters, String file) implements ModelFolder.WeightFiles {
    @Override
    public List<String> names() {
        return List.of(file);
    }

    @Override
    public void write(Path folder) {
        // Python's transformers asks for this key.
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        for (ParameterSpec spec : parameters.specs()) {
            writer.add(spec.name(), spec.shape(), values -> parameters.read(spec.name(), values));
        }
        writer.write(folder.resolve(file));
    }

    @Override
    public String usage() {
        return """
            ```java
            // Dependency: io.nanogpt:nanogpt-impl
            try (LanguageModel model = LanguageModel.load(Path.of("this-folder"))) {
                System.out.println(model.generate("a prompt", Generation.temperature(0.7).topK(10)));
            }
            ```

            `model.safetensors` holds the weights as 32-bit floats, under the names of the model's parameters.
            """;
    }
}
