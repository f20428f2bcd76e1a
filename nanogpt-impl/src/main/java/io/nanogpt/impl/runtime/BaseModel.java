package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.interop.AdapterFolder;
import io.nanogpt.impl.interop.AdapterNames;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.lora.AdaptedArchitecture;
import io.nanogpt.impl.lora.MergedWeights;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.train.GivenWeights;
import io.nanogpt.impl.train.TrainingRun;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A model that another one begins with.
 *
 * @param weights of the architecture, which nothing changes
 */
record BaseModel(Architecture architecture, Tokenizer tokenizer, ModelFolder.About about, ParameterSource weights) {
    /**
     * Applies an action to a model, whose weights stay readable meanwhile.
     *
     * @throws IllegalArgumentException if the model has no weights that can be trained
     */
    static <R> R use(LanguageModel model, Function<BaseModel, R> action) {
        if (model instanceof NgramLanguageModel) {
            throw untrainable("a model of n-gram counts has no weights; count a new one with LanguageModel.ngram");
        }
        if (!(model instanceof BackendLanguageModel trainable)) {
            throw untrainable("it is a " + model.getClass().getName()
                    + "; give one that this library trained, loaded or" + " imported");
        }
        return trainable.read(action);
    }

    /** Refuses a graph whose weights are not parameters. */
    static void requireWeights(Backend backend) {
        if (backend instanceof OnnxBackend) {
            throw untrainable("the weights of an exported graph can only be run; load the folder that"
                    + " LanguageModel.save wrote with LanguageModel.load");
        }
    }

    private static IllegalArgumentException untrainable(String reason) {
        return new IllegalArgumentException("this model cannot be trained further: " + reason);
    }

    /** A model with more special tokens, on the CPU with a thread for each processor. */
    LanguageModel withSpecialTokens(List<String> tokens) {
        ExtendedVocabulary extended = new ExtendedVocabulary(this, tokens);
        return copy(extended.architecture(), extended.tokenizer(), extended);
    }

    /** A model of its own with these weights. */
    private LanguageModel copy(Architecture of, Tokenizer text, ParameterSource values) {
        return NanogptLibrary.open(Runtime.getRuntime().availableProcessors(), backend -> {
            ParameterStore parameters = backend.allocate(of.graph().parameters());
            for (ParameterSpec spec : parameters.specs()) {
                float[] array = new float[spec.elements()];
                values.read(spec.name(), array);
                parameters.write(spec.name(), array);
            }
            return new BackendLanguageModel(of, text, backend, parameters, about.withoutReport());
        });
    }

    /** The model with the adapter of a folder, on the CPU with a thread for each processor. */
    LanguageModel withAdapter(Path folder) {
        requireNone();
        AdapterFolder.Adapter adapter = new AdapterFolder(folder, names()).read();
        AdaptedArchitecture adapted = adapter.architecture();
        return copy(adapted, tokenizer, new CombinedWeights(adapted.graph().parameters(), weights, adapter.values()));
    }

    /** Writes the adapter. */
    void saveAdapter(Path folder) {
        AdaptedArchitecture adapted = requireAdapter();
        new AdapterFolder(folder, new AdapterNames(adapted.base(), Zoo.transformer(adapted.base())))
                .write(adapted, weights);
    }

    /** A model of the merged weights, on the CPU with a thread for each processor. */
    LanguageModel merge() {
        AdaptedArchitecture adapted = requireAdapter();
        return copy(adapted.base(), tokenizer, merged().weights());
    }

    /** The model without its adapter, which is added to its weights; the same if it has none. */
    BaseModel merged() {
        return architecture instanceof AdaptedArchitecture adapted
                ? new BaseModel(adapted.base(), tokenizer, about, new MergedWeights(adapted, weights))
                : this;
    }

    private AdaptedArchitecture requireAdapter() {
        if (architecture instanceof AdaptedArchitecture adapted) {
            return adapted;
        }
        throw new IllegalArgumentException(
                "this model has no adapter; train one with lora(...), or add one with LanguageModel.withAdapter");
    }

    private void requireNone() {
        if (architecture instanceof AdaptedArchitecture) {
            throw new IllegalArgumentException("this model has an adapter already; add another one to the model that"
                    + " LanguageModel.merge returns");
        }
    }

    private AdapterNames names() {
        return new AdapterNames(architecture, Zoo.transformer(architecture));
    }

    /** The model of a run that begins with these weights; of one with an adapter, that alone is trained. */
    TrainingRun.Model start(TrainingConfig config) {
        config.lora().ifPresent(lora -> requireNone());
        Architecture trained =
                config.lora().<Architecture>map(lora -> names().adapt(lora)).orElse(architecture);
        return new TrainingRun.Model(trained, Optional.of(new GivenWeights(weights, ModelFolder.identityOf(weights))));
    }
}
