package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.train.GivenWeights;
import io.nanogpt.impl.train.TrainingRun;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
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
            return new BackendLanguageModel(
                    of, text, backend, parameters, new ModelFolder.About(Optional.empty(), about.recordEnd()));
        });
    }

    /** The model of a run that begins with these weights. */
    TrainingRun.Model start() {
        return new TrainingRun.Model(
                architecture, Optional.of(new GivenWeights(weights, ModelFolder.identityOf(weights))));
    }
}
