package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.graph.NgramHash;
import io.nanogpt.impl.graph.SequenceMemory;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.ArrayList;
import java.util.List;

/**
 * Ids of current and earlier tokens. Those before this run are cached as id plus one, so that a cache of zeros is the
 * start of a sequence.
 */
final class TokenHistoryOperators {
    private static final String HISTORY = "history";

    private final OnnxLowering e;
    private final OnnxGraph onnx;
    /** The number of earlier tokens that are used. */
    private final int reach;

    TokenHistoryOperators(OnnxLowering e, Graph graph) {
        this.e = e;
        onnx = e.onnx();
        reach = SequenceMemory.of(graph).tokens();
    }

    /** The ids of this run, {@code (batch, sequence)}. */
    String ids() {
        return onnx.input(
                GraphSignature.INPUT_IDS, ElementType.INT64, List.of(GraphSignature.BATCH, GraphSignature.SEQUENCE));
    }

    /** 1 for the tokens of this run and 0 for padding, {@code (batch, sequence, 1)}. */
    String present() {
        String name = "tokens/present";
        if (onnx.knows(name)) {
            return name;
        }
        String real = onnx.add("GreaterOrEqual", "tokens/real", List.of(ids(), onnx.scalar(0)));
        String factor =
                onnx.add("Cast", "tokens/factor", List.of(real), Attribute.of("to", ElementType.FLOAT.number()));
        return onnx.add("Unsqueeze", name, List.of(factor, onnx.axes(2)));
    }

    /** The rows of a table for the tokens at a fixed distance before. */
    String embedding(Node node) {
        Attributes.Embedding lookup = (Attributes.Embedding) node.attributes();
        Node table = e.input(node, 1);
        String name = e.name(node);
        if (lookup.order() > 1) {
            String row =
                    onnx.add("Mod", name + "/row", List.of(hash(lookup, lookup.order()), onnx.scalar(lookup.rows())));
            return e.weights().rows(row, table, name);
        }
        if (lookup.shift() == 0) {
            return e.weights().rows(ids(), table, name);
        }
        String before = before(lookup.shift());
        if (lookup.padding() >= 0) {
            return e.weights().rows(orPadding(before, lookup.padding(), name), table, name);
        }
        String id = onnx.add("Sub", name + "/id", List.of(before, onnx.scalar(1)));
        String row = onnx.add("Max", name + "/row", List.of(id, onnx.scalar(0)));
        String rows = e.weights().rows(row, table, name + "/rows");
        String real = onnx.add("Greater", name + "/real", List.of(before, onnx.scalar(0)));
        String factor =
                onnx.add("Cast", name + "/factor", List.of(real), Attribute.of("to", ElementType.FLOAT.number()));
        String column = onnx.add("Unsqueeze", name + "/column", List.of(factor, onnx.axes(2)));
        return onnx.add("Mul", name, List.of(rows, column));
    }

    /** The hashes of the n-grams that end with each token ({@link NgramHash}). */
    private String hash(Attributes.Embedding lookup, int order) {
        String name = "%s/hash/%d/%d/%d".formatted(HISTORY, order, lookup.vocabularySize(), lookup.padding());
        if (onnx.knows(name)) {
            return name;
        }
        String part = name + "/" + (order - 1);
        String id = orPadding(before(order - 1), lookup.padding(), part);
        if (order == 2) {
            String pairs = onnx.add("Mul", name + "/pairs", List.of(ids(), onnx.scalar(lookup.vocabularySize())));
            return onnx.add("Add", name, List.of(pairs, id));
        }
        String scaled =
                onnx.add("Mul", name + "/scaled", List.of(hash(lookup, order - 1), onnx.scalar(NgramHash.HASH_FACTOR)));
        String term = onnx.add("Mul", part + "/scaled", List.of(id, onnx.scalar(NgramHash.ID_FACTOR)));
        String sum = onnx.add("Add", name + "/sum", List.of(scaled, term));
        String next = onnx.add("Add", name + "/next", List.of(sum, onnx.scalar(order - 1)));
        return onnx.add("Mod", name, List.of(next, onnx.scalar(NgramHash.MODULUS)));
    }

    /** The sum of one column of the weight for each of the last tokens: columns are rows of its transpose. */
    String oneHotLinear(Node node) {
        Attributes.OneHot oneHot = (Attributes.OneHot) node.attributes();
        String name = e.name(node);
        List<String> columns = new ArrayList<>();
        for (int place = 0; place < oneHot.window(); place++) {
            String part = name + "/" + place;
            String id = column(oneHot, place, part);
            columns.add(onnx.add("Unsqueeze", part + "/column", List.of(id, onnx.axes(2))));
        }
        String all = onnx.add("Concat", name + "/columns", columns, Attribute.of("axis", 2));
        String rows = e.weights().columns(all, e.input(node, 1), name + "/rows");
        String sum = onnx.add("ReduceSum", name + "/sum", List.of(rows, onnx.axes(2)), Attribute.of("keepdims", 0));
        return e.add(node, "Add", sum, e.vector(node, 2));
    }

    /** The column of the token at a place of the window; without a token, the column of zeros after all others. */
    private String column(Attributes.OneHot oneHot, int place, String name) {
        String before = before(oneHot.window() - 1 - place);
        long first = (long) place * oneHot.vocabularySize();
        if (oneHot.padding() >= 0) {
            String id = orPadding(before, oneHot.padding(), name);
            return onnx.add("Add", name + "/shifted", List.of(id, onnx.scalar(first)));
        }
        String shifted = onnx.add("Add", name + "/shifted", List.of(before, onnx.scalar(first - 1)));
        String missing = onnx.add("Equal", name + "/missing", List.of(before, onnx.scalar(0)));
        long zeros = (long) oneHot.window() * oneHot.vocabularySize();
        return onnx.add("Where", name + "/id", List.of(missing, onnx.scalar(zeros), shifted));
    }

    private String orPadding(String before, long padding, String name) {
        String id = onnx.add("Sub", name + "/before", List.of(before, onnx.scalar(1)));
        String missing = onnx.add("Equal", name + "/missing", List.of(before, onnx.scalar(0)));
        return onnx.add("Where", name + "/id", List.of(missing, onnx.scalar(padding), id));
    }

    /**
     * The ids, plus one, of the tokens {@code shift} positions before, 0 before the start: {@code (batch, sequence)}.
     */
    private String before(int shift) {
        String name = HISTORY + "/before/" + shift;
        if (onnx.knows(name)) {
            return name;
        }
        long end = shift == 0 ? Long.MAX_VALUE : -shift;
        return onnx.add("Slice", name, List.of(history(), onnx.axes(reach - shift), onnx.axes(end), onnx.axes(1)));
    }

    /** The ids, plus one, of the earlier tokens that are used and of this run: {@code (batch, reach + sequence)}. */
    private String history() {
        if (onnx.knows(HISTORY)) {
            return HISTORY;
        }
        String present = onnx.add("Add", HISTORY + "/present", List.of(ids(), onnx.scalar(1)));
        if (reach == 0) {
            return onnx.add("Identity", HISTORY, List.of(present));
        }
        Cache cache = new Cache(onnx, e.nextCache(), ElementType.INT64);
        String past = cache.past("tokens", List.of(GraphSignature.BATCH, reach));
        onnx.add("Concat", HISTORY, List.of(past, present), Attribute.of("axis", 1));
        onnx.add(
                "Slice",
                cache.present("tokens", List.of(GraphSignature.BATCH, reach)),
                List.of(HISTORY, onnx.axes(-reach), onnx.axes(Long.MAX_VALUE), onnx.axes(1)));
        return HISTORY;
    }
}
