package io.nanogpt.impl.interop;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.ParameterSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of a saved model as one safetensors file.
 *
 * @param theirs transformers' names, if it has an equivalent architecture; this library's names otherwise
 */
record SafetensorsWeights(ParameterSource parameters, String file, Optional<NameTable> theirs) implements WeightFiles {
    @Override
    public Optional<ParameterSource> source() {
        return Optional.of(parameters);
    }

    @Override
    public List<String> names() {
        return List.of(file);
    }

    @Override
    public void write(Path folder, Map<String, String> metadata) {
        writer(metadata).write(folder.resolve(file));
    }

    /** What {@link SafetensorsFile#identity} gives of the file that {@link #write} writes. */
    String identity(Map<String, String> metadata) {
        return writer(metadata).identity();
    }

    private SafetensorsWriter writer(Map<String, String> metadata) {
        // Python's transformers requires this key.
        SafetensorsWriter writer = new SafetensorsWriter().withChecksums().metadata("format", "pt");
        metadata.forEach(writer::metadata);
        NameTable names = theirs.orElse(NameTables.OURS);
        for (ParameterSpec spec : parameters.specs()) {
            if (TouchedRows.mayBe(spec, parameters.specs())) {
                float[] table = new float[spec.elements()];
                parameters.read(spec.name(), table);
                TouchedRows.add(writer, spec, parameters.specs(), table);
            } else {
                add(writer, spec, names.origin(spec.name(), 1));
            }
        }
        return writer;
    }

    private void add(SafetensorsWriter writer, ParameterSpec spec, NameTable.Origin origin) {
        String name = origin.tensors().get(0);
        List<Long> ours = ModelWeights.shape(spec);
        int[] shape =
                origin.form().theirs(ours).stream().mapToInt(Math::toIntExact).toArray();
        writer.add(name, Shape.of(shape), values -> {
            if (origin.form() instanceof TensorForm.Same) {
                parameters.read(spec.name(), values);
                return;
            }
            float[] read = new float[spec.elements()];
            parameters.read(spec.name(), read);
            float[] written = origin.form().write(read, ours);
            System.arraycopy(written, 0, values, 0, values.length);
        });
    }

    @Override
    public String usage() {
        String names = theirs.isPresent()
                ? "as `transformers.AutoModelForCausalLM.from_pretrained` reads them in Python"
                : "under the names of the model's parameters";
        return """
            ```java
            // Dependency: io.nanogpt:nanogpt-impl
            try (LanguageModel model = LanguageModel.load(Path.of("this-folder"))) {
                System.out.println(model.generate("a prompt", GenerationOptions.temperature(0.7).withTopK(10)));
            }
            ```

            `model.safetensors` holds the weights as 32-bit floats,
            """ + names + "." + tables() + "\n";
    }

    private String tables() {
        return parameters.specs().stream().anyMatch(spec -> TouchedRows.mayBe(spec, parameters.specs()))
                ? " Of each table of n-grams, `ngram.N.weight`, it holds the rows that training changed, and their"
                        + " indices as `ngram.N.weight.rows`; the others are zero. Rounded rows are 16-bit floats, or"
                        + " integers with a factor for each row as `ngram.N.weight.scales`."
                : "";
    }
}
