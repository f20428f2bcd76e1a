package io.nanogpt.impl.conformance;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Activation;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.RotaryScaling;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models of every kind of architecture, large enough for several tasks, that together have every operation. */
public final class SampleModels {
    public static final int VOCABULARY = 23;
    public static final int BATCH = 5;
    public static final int LENGTH = 70;

    private SampleModels() {}

    /** The models by purpose. */
    public static Map<String, Graph> all() {
        TransformerConfig.Builder captions = Models.captions(2, 2, 40, LENGTH, VOCABULARY);
        TransformerConfig.Builder llama = Models.captions(1, 4, 136, LENGTH, VOCABULARY)
                .keyValueHeads(2)
                .window(7)
                .activation(Activation.SWIGLU)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(100, false))
                .fused(false);
        KGramConfig.Context context = new KGramConfig.Context(3, 2, LENGTH);
        KGramConfig.Context unpadded = new KGramConfig.Context(3, -1, LENGTH);
        Map<String, Graph> models = new LinkedHashMap<>();
        models.put("dropout", graph(captions.dropout(0.2f).build()));
        models.put(
                "wide",
                Models.captions(Models.captions(1, 2, 136, LENGTH, VOCABULARY), 0.1f)
                        .graph());
        models.put("grouped heads and a window", graph(llama.build()));
        models.put(
                "pairs of features",
                graph(llama.positions(new Positions.Rotary(100, true))
                        .activation(Activation.GELU_TANH)
                        .fused(true)
                        .build()));
        models.put(
                "sinusoids",
                graph(captions.positions(new Positions.Sinusoidal()).build()));
        models.put("recurrent", graph(new LstmConfig(2, 20, 37, LENGTH, VOCABULARY)));
        models.put("one-hot", graph(new KGramConfig(new KGramConfig.Input.OneHot(), context, 1, 130, VOCABULARY)));
        models.put(
                "one-hot, unpadded",
                graph(new KGramConfig(new KGramConfig.Input.OneHot(), unpadded, 1, 20, VOCABULARY)));
        models.put(
                "convolution",
                graph(new KGramConfig(new KGramConfig.Input.Convolution(37), context, 2, 40, VOCABULARY)));
        models.put(
                "embeddings, unpadded",
                graph(new KGramConfig(new KGramConfig.Input.Embedding(9), unpadded, 1, 20, VOCABULARY)));
        models.put("refinements", graph(refined().build()));
        models.put(
                "refinements, three matrices",
                graph(refined()
                        .fused(false)
                        .keyValueHeads(2)
                        .refinements(Refinements.NONE
                                .withInputMixing(true)
                                .withConvolutionSize(1)
                                .withValueEmbeddings(List.of(0, 1)))
                        .build()));
        models.put(
                "n-gram tables",
                graph(Models.captions(1, 2, 40, LENGTH, VOCABULARY)
                        .ngramTables(NgramTables.of(61, 2, 3, 8))
                        .build()));
        models.put(
                "projected n-gram tables",
                graph(Models.captions(1, 2, 40, LENGTH, VOCABULARY)
                        .ngramTables(NgramTables.of(1000, 2, 4).withWidth(7))
                        .build()));
        models.put("shared weights", sharedWeights());
        models.put("parallel blocks", graph(parallel().build()));
        models.put("norms before and after", graph(normedTwice().build()));
        models.put("norms after", graph(normedAfter().build()));
        return models;
    }

    /** As GPT-NeoX: norms without a bias, attention beside the MLP, and a share of the features rotated. */
    private static TransformerConfig.Builder parallel() {
        return Models.captions(2, 2, 40, LENGTH, VOCABULARY)
                .norm(new NormConfig(NormConfig.Kind.LAYER_UNBIASED, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(100, true, 0.5, new RotaryScaling.Linear(3)))
                .activation(Activation.TANH)
                .variations(Variations.NONE
                        .withHeadSize(12)
                        .withScaledByLayer(true)
                        .withResidual(Variations.Residual.PARALLEL));
    }

    /** As Gemma 2 and 3. */
    private static TransformerConfig.Builder normedTwice() {
        return Models.captions(2, 4, 40, LENGTH, VOCABULARY)
                .keyValueHeads(2)
                .fused(false)
                .activation(Activation.GEGLU_TANH)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-6f, NormConfig.Placement.PRE_AND_OUTPUT))
                .positions(new Positions.Rotary(100, false))
                .tiedHead(true)
                .variations(Variations.NONE
                        .withHeadSize(12)
                        .withQueryKeyNorm(Variations.QueryKeyNorm.HEADS)
                        .withAttentionCap(2)
                        .withWindows(List.of(7, 0))
                        .withWindowPositions(new Positions.Rotary(10, false))
                        .withEmbeddingScale(3));
    }

    /** As OLMo 2, with YaRN and a layer without positions. */
    private static TransformerConfig.Builder normedAfter() {
        return Models.captions(2, 4, 40, LENGTH, VOCABULARY)
                .keyValueHeads(2)
                .fused(false)
                .activation(Activation.GELU_QUICK)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-6f, NormConfig.Placement.OUTPUT))
                .positions(new Positions.Rotary(100, false, 0.8, new RotaryScaling.Yarn(4, 1.1f, 32, 1, 40, true)))
                .variations(Variations.NONE
                        .withQueryKeyNorm(Variations.QueryKeyNorm.ALL)
                        .withUnrotated(List.of(1)));
    }

    private static TransformerConfig.Builder refined() {
        return Models.captions(2, 4, 40, LENGTH, VOCABULARY)
                .activation(Activation.RELU_SQUARED)
                .norm(new NormConfig(NormConfig.Kind.RMS_UNWEIGHTED, 1e-6f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(100, false))
                .refinements(Refinements.NONE
                        .withQueryKeyNorm(true)
                        .withEmbeddingNorm(true)
                        .withConvolutionSize(4)
                        .withLogitCap(3));
    }

    private static Graph graph(ModelConfig config) {
        return Zoo.create(config).graph();
    }

    /** ReLU, a sum of a tensor with two readers, an input of GELU that is read elsewhere too, and a tied head. */
    private static Graph sharedWeights() {
        GraphBuilder g = new GraphBuilder();
        Initializer normal = new Initializer.Normal(0.5f);
        Node table = g.parameter("table", Shape.of(VOCABULARY, 20), normal);
        Node x = g.embedding(g.input(Graph.TOKENS), table);
        Node hidden = g.linear(x, g.parameter("w", Shape.of(20, 20), normal), g.parameter("b", Shape.of(20), normal));
        Node y = g.add(g.relu(hidden), g.add(g.gelu(hidden), x));
        return g.output(Graph.LOGITS, g.linear(y, table)).build();
    }
}
