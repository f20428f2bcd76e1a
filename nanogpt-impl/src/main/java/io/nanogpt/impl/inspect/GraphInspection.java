package io.nanogpt.impl.inspect;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.graph.AblationGraph;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.impl.graph.LensGraph;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Candidate;
import io.nanogpt.inspect.EmbeddingMap;
import io.nanogpt.inspect.Neighbour;
import io.nanogpt.spi.Executable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The inspection of a text by variants of the graph of the model. */
final class GraphInspection extends TextInspection {
    private final InspectedModel model;
    private final Set<AttentionHead> removed;
    /** Heads of each layer of attention. */
    private final int[] heads;

    private @Nullable AttentionMaps attention;

    GraphInspection(InspectedModel model, ContextEnd text, Set<AttentionHead> removed) {
        super(text, new Vocabulary(model.tokenizer()));
        this.model = model;
        this.removed = removed;
        heads = AttentionGraph.attentions(model.architecture().graph()).stream()
                .mapToInt(GraphInspection::heads)
                .toArray();
    }

    private static int heads(Node attention) {
        return ((Attributes.Attention) attention.attributes()).heads();
    }

    @Override
    public Optional<String> unsupported(Part part) {
        return model.unsupported(part);
    }

    private void require(Part part) {
        unsupported(part).ifPresent(reason -> {
            throw new UnsupportedOperationException(reason);
        });
    }

    @Override
    public Set<AttentionHead> removed() {
        return removed;
    }

    /** The graph of the model without the heads that are left out. */
    private Graph graph() {
        return AblationGraph.of(
                model.architecture().graph(),
                removed.stream()
                        .collect(Collectors.groupingBy(
                                AttentionHead::layer,
                                Collectors.mapping(AttentionHead::head, Collectors.toCollection(TreeSet::new)))));
    }

    @Override
    float[][] computeLogits() {
        return logits(graph());
    }

    private float[][] logits(Graph graph) {
        // The memory of the graph is free before rows are made of its output.
        return rows(model.run(graph, ids(), ids().length, this::logits));
    }

    private float[] logits(Executable executable) {
        float[] all =
                new float[Math.multiplyExact(ids().length, model.architecture().vocabularySize())];
        executable.read(Graph.LOGITS, all);
        return all;
    }

    /** The logits of each token, {@code (T, vocabulary)}. */
    private float[][] rows(float[] all) {
        int vocabulary = model.architecture().vocabularySize();
        float[][] rows = new float[ids().length][];
        for (int t = 0; t < rows.length; t++) {
            rows[t] = Arrays.copyOfRange(all, t * vocabulary, (t + 1) * vocabulary);
        }
        return rows;
    }

    /** Without attention, the maps have no layer. */
    @Override
    public synchronized AttentionMaps attention() {
        if (heads.length > 0) {
            require(Part.ATTENTION);
        }
        AttentionMaps known = attention;
        if (known == null) {
            known = model.run(AttentionGraph.of(graph()), ids(), ids().length, executable -> {
                List<float[][][]> layers = new ArrayList<>();
                for (int layer = 0; layer < heads.length; layer++) {
                    layers.add(maps(executable, layer));
                }
                float[][] logits = rows(logits(executable));
                keep(logits);
                float[] last = logits[logits.length - 1];
                Token next = vocabulary().tokens(Ranking.largest(last, 1)).get(0);
                return new AttentionMaps(tokens(), layers, Softmax.probabilities(last), Optional.of(next));
            });
            attention = known;
        }
        return known;
    }

    @Override
    public float[][][] attention(int layer) {
        AttentionMaps known = known();
        if (known != null || layer < 0 || layer >= heads.length) {
            return attention().layer(layer);
        }
        require(Part.ATTENTION);
        return model.run(AttentionGraph.of(graph(), layer), ids(), ids().length, executable -> maps(executable, layer));
    }

    private synchronized @Nullable AttentionMaps known() {
        return attention;
    }

    private float[][][] maps(Executable executable, int layer) {
        int length = ids().length;
        int count = heads[layer];
        float[] rows = new float[Math.multiplyExact(length, count * length)];
        executable.read(AttentionGraph.output(layer), rows);
        float[][][] maps = new float[count][length][length];
        for (int row = 0; row < length; row++) {
            for (int head = 0; head < count; head++) {
                System.arraycopy(rows, (row * count + head) * length, maps[head][row], 0, length);
            }
        }
        return maps;
    }

    @Override
    public List<List<Candidate>> lens(int layer, int count) {
        return Arrays.stream(lensLogits(layer))
                .map(row -> vocabulary().candidates(row, count))
                .toList();
    }

    @Override
    public float[][] lensLogits(int layer) {
        require(Part.LENS);
        if (layer < 0 || layer > heads.length) {
            throw new IllegalArgumentException(
                    "no layer " + layer + " of the lens; layers run from 0, the embeddings, to " + heads.length
                            + ", the predictions of the model");
        }
        return layer == heads.length ? logits() : logits(LensGraph.of(graph(), layer));
    }

    @Override
    public GraphInspection without(AttentionHead... more) {
        require(Part.ABLATION);
        Set<AttentionHead> all = new HashSet<>(removed);
        for (AttentionHead head : more) {
            if (head.layer() >= heads.length) {
                throw new IllegalArgumentException(
                        "no layer " + head.layer() + "; layers run from 0 to " + (heads.length - 1));
            }
            if (head.head() >= heads[head.layer()]) {
                throw new IllegalArgumentException("no head " + head.head() + " in layer " + head.layer()
                        + "; heads run from 0 to " + (heads[head.layer()] - 1));
            }
            all.add(head);
        }
        return new GraphInspection(model, text(), Set.copyOf(all));
    }

    @Override
    public List<Neighbour> neighbours(int id, int count) {
        require(Part.EMBEDDINGS);
        return model.embeddings().neighbours(id, count, vocabulary());
    }

    @Override
    public EmbeddingMap embeddingMap() {
        require(Part.EMBEDDINGS);
        return model.embeddings().map();
    }

    @Override
    public float[][] inductionScores(long seed) {
        require(Part.ATTENTION);
        InductionProbe probe = InductionProbe.of(model.architecture(), model.tokenizer(), seed);
        return model.run(AttentionGraph.of(graph()), probe.ids(), probe.length(), executable -> {
            float[][] scores = new float[heads.length][];
            for (int layer = 0; layer < heads.length; layer++) {
                scores[layer] = probe.scores(executable, layer, heads[layer]);
            }
            return scores;
        });
    }
}
