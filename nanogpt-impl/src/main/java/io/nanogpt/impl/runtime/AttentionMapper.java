package io.nanogpt.impl.runtime;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Computes the attention probabilities of a text. Recompiles on every call; not for hot paths. */
final class AttentionMapper {
    private final Architecture architecture;
    private final Tokenizer tokenizer;
    private final Backend backend;
    private final ParameterStore parameters;

    AttentionMapper(Architecture architecture, Tokenizer tokenizer, Backend backend, ParameterStore parameters) {
        this.architecture = architecture;
        this.tokenizer = tokenizer;
        this.backend = backend;
        this.parameters = parameters;
    }

    /** Returns the attention maps of a text. Callers ensure that no other executable of the store is running. */
    AttentionMaps map(String text) {
        int[] ids = tokenizer.encode(text);
        if (ids.length == 0) {
            throw new IllegalArgumentException("the text is empty; attention maps need at least one token");
        }
        int length = Math.min(ids.length, architecture.contextLength());
        int[] last = Arrays.copyOfRange(ids, ids.length - length, ids.length);
        Graph graph = AttentionGraph.of(architecture.graph());
        try (Executable executable = backend.compile(graph, parameters, 1, length)) {
            executable.input(Graph.TOKENS, last);
            executable.run(0); // An inference graph has no dropout, so the key is unused.
            List<float[][][]> layers = new ArrayList<>();
            for (Node attention : AttentionGraph.attentions(graph)) {
                int heads = ((Attributes.Attention) attention.attributes()).heads();
                layers.add(maps(executable, AttentionGraph.output(layers.size()), heads, length));
            }
            return new AttentionMaps(tokens(last), layers, next(executable, length));
        }
    }

    private static float[][][] maps(Executable executable, String output, int heads, int length) {
        float[] rows = new float[Math.multiplyExact(length, heads * length)];
        executable.read(output, rows);
        float[][][] maps = new float[heads][length][length];
        for (int row = 0; row < length; row++) {
            for (int head = 0; head < heads; head++) {
                System.arraycopy(rows, (row * heads + head) * length, maps[head][row], 0, length);
            }
        }
        return maps;
    }

    private List<Token> tokens(int[] ids) {
        List<Token> tokens = new ArrayList<>();
        for (int id : ids) {
            tokens.add(new Token(id, tokenizer.decode(id), Optional.empty()));
        }
        return tokens;
    }

    /** Softmax of the last row of logits. */
    private float[] next(Executable executable, int length) {
        int vocabulary = architecture.vocabularySize();
        float[] logits = new float[Math.multiplyExact(length, vocabulary)];
        executable.read(Graph.LOGITS, logits);
        float[] last = Arrays.copyOfRange(logits, logits.length - vocabulary, logits.length);
        double greatest = Double.NEGATIVE_INFINITY;
        for (float logit : last) {
            greatest = Math.max(greatest, logit);
        }
        double sum = 0;
        for (float logit : last) {
            sum += StrictMath.exp(logit - greatest);
        }
        for (int id = 0; id < vocabulary; id++) {
            last[id] = (float) (StrictMath.exp(last[id] - greatest) / sum);
        }
        return last;
    }
}
