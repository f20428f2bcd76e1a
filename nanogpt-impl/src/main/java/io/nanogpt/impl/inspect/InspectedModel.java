package io.nanogpt.impl.inspect;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.impl.graph.LensGraph;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.inspect.Inspection.Part;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import java.lang.ref.SoftReference;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A model whose graph a backend runs, and what is the same for every text. */
public final class InspectedModel {
    private final Architecture architecture;
    private final Tokenizer tokenizer;
    private final Backend backend;
    private final ParameterStore parameters;
    private final Exclusive exclusive;
    private @Nullable Map<Part, String> unsupported;
    private @Nullable SoftReference<TokenEmbeddings> embeddings;

    /** Runs actions one at a time, while the model is open. */
    @FunctionalInterface
    public interface Exclusive {
        /**
         * Runs an action while no other executable of the model runs.
         *
         * @throws IllegalStateException if the model is closed
         */
        <R> R run(Supplier<R> action);
    }

    /** Creates the view of a model, which owns the backend. */
    public InspectedModel(
            Architecture architecture,
            Tokenizer tokenizer,
            Backend backend,
            ParameterStore parameters,
            Exclusive exclusive) {
        this.architecture = architecture;
        this.tokenizer = tokenizer;
        this.backend = backend;
        this.parameters = parameters;
        this.exclusive = exclusive;
    }

    /**
     * Inspects a text.
     *
     * @param ids its tokens, of which the last count
     * @throws IllegalArgumentException if there is none
     */
    public Inspection inspect(int[] ids) {
        return new GraphInspection(this, ContextEnd.of(ids, architecture), Set.of());
    }

    Architecture architecture() {
        return architecture;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Runs a graph on sequences of one length, and reads its outputs. */
    <R> R run(Graph graph, int[] ids, int length, Function<Executable, R> reading) {
        return exclusive.run(() -> {
            try (Executable executable = backend.compile(graph, parameters, ids.length / length, length)) {
                executable.input(Graph.TOKENS, ids);
                executable.run(0); // An inference graph has no dropout, so the key is unused.
                return reading.apply(executable);
            }
        });
    }

    /** The embeddings of the tokens; the model must have them. */
    synchronized TokenEmbeddings embeddings() {
        TokenEmbeddings known = embeddings == null ? null : embeddings.get();
        if (known == null) {
            known = exclusive.run(() -> TokenEmbeddings.read(architecture.graph(), parameters));
            embeddings = new SoftReference<>(known);
        }
        return known;
    }

    /** Why the model lacks a part; empty if it has it. */
    synchronized Optional<String> unsupported(Part part) {
        Map<Part, String> known = unsupported;
        if (known == null) {
            known = reasons();
            unsupported = known;
        }
        return Optional.ofNullable(known.get(part));
    }

    private Map<Part, String> reasons() {
        Map<Part, String> reasons = new EnumMap<>(Part.class);
        Graph graph = architecture.graph();
        if (AttentionGraph.attentions(graph).isEmpty()) {
            String none = "this model (" + architecture.kind() + ") has no attention";
            reasons.put(Part.ATTENTION, none);
            reasons.put(Part.ABLATION, none + ", so no heads that could be left out");
        } else {
            lacks(OpType.ATTENTION_PROBABILITIES).ifPresent(reason -> reasons.put(Part.ATTENTION, reason));
            lacks(OpType.SLICE).ifPresent(reason -> reasons.put(Part.ABLATION, reason));
        }
        try {
            LensGraph.require(graph);
        } catch (UnsupportedOperationException e) {
            reasons.put(Part.LENS, String.valueOf(e.getMessage()));
        }
        if (TokenEmbeddings.table(graph).isEmpty()) {
            reasons.put(
                    Part.EMBEDDINGS,
                    "this model (" + architecture.kind() + ") has no table of embeddings of its tokens");
        }
        return reasons;
    }

    private Optional<String> lacks(OpType type) {
        return backend.supports(type)
                ? Optional.empty()
                : Optional.of("the backend " + backend.name() + " lacks the operation " + type
                        + "; run the model on the CPU");
    }
}
