package io.nanogpt.impl.inspect.explorer;

import io.nanogpt.LanguageModel;
import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Inspection;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Inspections of a model. Small ones are kept, since a page asks for their parts one after another, and the maps of all
 * layers are computed at once; of large ones, nothing is kept, and each layer is computed when it is asked for.
 */
final class Inspections {
    private static final int KEPT = 4;
    /** Parts of the heap, of which a kept inspection takes one at most. */
    private static final int PARTS = 32;

    private final LanguageModel model;
    private final long heads;
    private final long mostBytes;
    private final Map<Question, Inspection> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Inspection> eldest) {
            return size() > KEPT;
        }
    };

    /** What is inspected. */
    private record Question(List<Integer> ids, Set<AttentionHead> removed) {}

    Inspections(LanguageModel model) {
        this(model, Runtime.getRuntime().maxMemory() / PARTS);
    }

    /** Of which one of more than some bytes is not kept. */
    Inspections(LanguageModel model, long mostBytes) {
        this.model = model;
        this.mostBytes = mostBytes;
        heads = AttentionGraph.attentions(model.architecture().graph()).stream()
                .mapToLong(attention -> ((Attributes.Attention) attention.attributes()).heads())
                .sum();
    }

    /** The inspection of some tokens by the model without some heads. */
    Inspection of(int[] ids, Set<AttentionHead> removed) {
        Question question = new Question(Arrays.stream(ids).boxed().toList(), removed);
        synchronized (kept) {
            Inspection known = kept.get(question);
            if (known != null) {
                return known;
            }
            Inspection whole = model.inspect(ids);
            Inspection inspection = removed.isEmpty() ? whole : whole.without(removed.toArray(AttentionHead[]::new));
            if (isSmall(inspection)) {
                kept.put(question, inspection);
            }
            return inspection;
        }
    }

    /** The maps of a layer, {@code (heads, T, T)}. */
    float[][][] attention(Inspection inspection, int layer) {
        return isSmall(inspection) ? inspection.attention().layer(layer) : inspection.attention(layer);
    }

    /** Whether what an inspection keeps, its logits and maps, is small. */
    private boolean isSmall(Inspection inspection) {
        long length = inspection.tokens().size();
        return Float.BYTES * length * (model.architecture().vocabularySize() + heads * length) <= mostBytes;
    }
}
