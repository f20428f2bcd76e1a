package io.nanogpt.examples;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import java.util.Locale;
import java.util.Random;

/**
 * A model with random weights and random tokens, of the sizes that {@code shared/peers/torch_gpt.py} trains, so that both
 * can be timed in turn.
 */
public final class BenchmarkModel {
    /** Sizes of a model and its batch. */
    public enum Size {
        /** The caption notebook. */
        CAPTIONS(4, 4, 128, 64, 12, 109),
        /** Tiny Shakespeare. */
        SHAKESPEARE(4, 4, 64, 128, 32, 65),
        /** The GPT of an algorithms course. */
        ALGOPATH(6, 6, 384, 256, 8, 65);

        private final int layers;
        private final int heads;
        private final int width;
        private final int context;
        private final int batch;
        private final int vocabulary;

        Size(int layers, int heads, int width, int context, int batch, int vocabulary) {
            this.layers = layers;
            this.heads = heads;
            this.width = width;
            this.context = context;
            this.batch = batch;
            this.vocabulary = vocabulary;
        }

        /** Of the name that the command line gives, in either case. */
        public static Size of(String name) {
            try {
                return valueOf(name.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "--preset must be captions, shakespeare or algopath, but is " + name, e);
            }
        }

        /** Of the model. */
        public TransformerConfig config() {
            return TransformerConfig.builder()
                    .layers(layers)
                    .heads(heads)
                    .embeddingSize(width)
                    .contextLength(context)
                    .vocabularySize(vocabulary)
                    .build();
        }

        /** Tokens of a training step. */
        public int tokensPerStep() {
            return batch * context;
        }
    }

    private static final AdamW OPTIMIZER = AdamW.defaults();
    private static final float WEIGHT_DEVIATION = 0.02f;
    private static final long SEED = 1;

    private final Backend backend;
    private final Size size;
    private final Graph graph;
    private final ParameterStore parameters;
    private long steps;

    /** On a backend, which stays the caller's to close. */
    public BenchmarkModel(Backend backend, Size size) {
        this.backend = backend;
        this.size = size;
        graph = size.config().architecture().graph();
        parameters = backend.allocate(graph.parameters());
        Random random = new Random(SEED);
        for (ParameterSpec spec : graph.parameters()) {
            float[] values = new float[spec.elements()];
            for (int i = 0; i < values.length; i++) {
                // Norms of one, so that activations are of the size that they have in training.
                values[i] = spec.isMatrix() ? (float) (WEIGHT_DEVIATION * random.nextGaussian()) : 1;
            }
            parameters.write(spec.name(), values);
        }
    }

    /** A training step on random tokens, to be run again and again. */
    public Runnable trainingStep() {
        Executable training = backend.compile(Gradients.training(graph), parameters, size.batch, size.context);
        int[] inputs = randomTokens(size.tokensPerStep());
        int[] targets = randomTokens(size.tokensPerStep());
        return () -> {
            steps++;
            training.input(Graph.TOKENS, inputs);
            training.input(Graph.TARGETS, targets);
            training.run(steps);
            parameters.update(OPTIMIZER, steps, OPTIMIZER.learningRate(), 1);
        };
    }

    /** A decoder with a cache of the context length. */
    public Decoder decoder() {
        return backend.decoder(graph, parameters, size.context);
    }

    private int[] randomTokens(int count) {
        return new Random(SEED).ints(count, 0, size.vocabulary).toArray();
    }
}
