package io.nanogpt.impl.djl;

import static io.nanogpt.impl.djl.ProgramWriter.in;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.graph.NgramHash;
import java.util.ArrayList;
import java.util.List;

/** Writes the operations on token ids: lookups in tables by token or by n-gram, and linear layers of one-hot vectors. */
final class TokenWriter {
    private final ProgramWriter writer;
    private final boolean decoding;

    TokenWriter(ProgramWriter writer, boolean decoding) {
        this.writer = writer;
        this.decoding = decoding;
    }

    void embedding(Node node, String out) {
        Attributes.Embedding embedding = (Attributes.Embedding) node.attributes();
        String ids = rowIds(node, embedding);
        boolean zeros = embedding.shift() > 0 && embedding.padding() < 0;
        writer.line(
                zeros ? "%s = (self).rows_or_zeros(%s, %s)" : "%s = torch.embedding(%s, %s)", out, in(node, 1), ids);
    }

    void embeddingGradient(Node node, String out) {
        Attributes.Embedding embedding = (Attributes.Embedding) node.attributes();
        writer.line(
                "%s = (self).table_gradient(%s, %s, %d)", out, in(node, 1), rowIds(node, embedding), embedding.rows());
    }

    /** The rows that an embedding looks up. */
    private String rowIds(Node node, Attributes.Embedding embedding) {
        String tokens = in(node, 0);
        if (embedding.order() == 1) {
            return ids(tokens, embedding.shift(), embedding.padding());
        }
        String hash = hash(tokens, embedding, embedding.order());
        String rows = hash + "_of_" + embedding.rows();
        if (writer.isNew(rows)) {
            writer.line("%s = torch.remainder(%s, %d)", rows, hash, embedding.rows());
        }
        return rows;
    }

    /** The hashes of n-grams ({@link NgramHash}). */
    private String hash(String tokens, Attributes.Embedding embedding, int order) {
        String hash = "%s_hash_%d_%d_%d".formatted(tokens, order, embedding.vocabularySize(), embedding.padding());
        if (!writer.isNew(hash)) {
            return hash;
        }
        String before = ids(tokens, order - 1, embedding.padding());
        if (order == 2) {
            String last = ids(tokens, 0, embedding.padding());
            writer.line("%s = torch.add(torch.mul(%s, %d), %s)", hash, last, embedding.vocabularySize(), before);
        } else {
            writer.line(
                    "%s = (self).next_hash(%s, %s, %d)", hash, hash(tokens, embedding, order - 1), before, order - 1);
        }
        return hash;
    }

    /** The ids shifted by {@code shift} positions; {@code padding}, or -1 for none, before the start. */
    private String ids(String tokens, int shift, int padding) {
        int before = Math.max(-1, padding);
        String ids = tokens + "_" + shift + (before < 0 ? "_none" : "_" + before);
        if (writer.isNew(ids)) {
            writer.line(
                    decoding ? "%s = (self).earlier(%s, skip, %d, %d)" : "%s = (self).shifted(%s, %d, %d)",
                    ids,
                    tokens,
                    shift,
                    before);
        }
        return ids;
    }

    void oneHotLinear(Node node, String out) {
        Attributes.OneHot oneHot = (Attributes.OneHot) node.attributes();
        writer.line("%s = %s", out, in(node, 2));
        for (int j = 0; j < oneHot.window(); j++) {
            String ids = ids(in(node, 0), oneHot.window() - 1 - j, oneHot.padding());
            int first = j * oneHot.vocabularySize();
            writer.line("%s = torch.add((self).columns(%s, %s, %d), %s)", out, in(node, 1), ids, first, out);
        }
    }

    void oneHotLinearGradient(Node node, String out) {
        Attributes.OneHot oneHot = (Attributes.OneHot) node.attributes();
        List<String> ids = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        for (int j = 0; j < oneHot.window(); j++) {
            String shifted = ids(in(node, 0), oneHot.window() - 1 - j, oneHot.padding());
            ids.add("(self).column_ids(" + shifted + ", " + j * oneHot.vocabularySize() + ")");
            rows.add(in(node, 1));
        }
        writer.line(
                "%s = torch.t((self).table_gradient(torch.cat([%s], 0), torch.cat([%s], 0), %d))",
                out, String.join(", ", rows), String.join(", ", ids), oneHot.window() * oneHot.vocabularySize());
    }
}
