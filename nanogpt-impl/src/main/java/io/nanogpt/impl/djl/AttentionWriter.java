package io.nanogpt.impl.djl;

import static io.nanogpt.impl.djl.ProgramWriter.in;
import static io.nanogpt.impl.djl.ProgramWriter.name;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Node;
import java.util.List;

/**
 * Writes attention on packed queries, keys and values: on CPUs the fused kernel, which recomputes the probabilities in
 * the backward pass; elsewhere, and for decoding, two batched products around a softmax whose result the gradient
 * reuses.
 */
final class AttentionWriter {
    private final ProgramWriter writer;
    private final Node node;
    private final ProgramWriter.Settings settings;
    private final Attributes.Attention attention;
    private final int size;
    private final int group;
    private final String packed;

    /**
     * For one node.
     *
     * @param input the node that computes its packed queries, keys and values
     */
    AttentionWriter(ProgramWriter writer, Node node, int input, ProgramWriter.Settings settings) {
        this.writer = writer;
        this.node = node;
        this.settings = settings;
        attention = (Attributes.Attention) node.attributes();
        packed = name(input);
        size = attention.headSize(writer.node(input).shape().features());
        group = attention.heads() / attention.keyValueHeads();
    }

    void maps(String out) {
        split(out);
        probabilities(out);
        writer.line("%s = torch.contiguous(torch.transpose(%s_p, 1, 2))", out, out);
    }

    /** Splits into queries, keys and values by head, {@code (B, H, T, d)}, in variables with a prefix. */
    private void split(String prefix) {
        int heads = attention.heads();
        int shared = attention.keyValueHeads();
        writer.line("%s_q = (self).heads(%s, 0, %d, %d)", prefix, packed, heads, size);
        writer.line("%s_k = (self).heads(%s, %d, %d, %d)", prefix, packed, heads, shared, size);
        writer.line("%s_v = (self).heads(%s, %d, %d, %d)", prefix, packed, heads + shared, shared, size);
        if (settings.decoding()) {
            cache(prefix, "k");
            cache(prefix, "v");
        }
        if (group > 1) {
            writer.line("%s_k = (self).repeated(%s_k, %d)", prefix, prefix, group);
            writer.line("%s_v = (self).repeated(%s_v, %d)", prefix, prefix, group);
        }
    }

    /** Appends to the cache; what is read is that of the longest sequence. */
    private void cache(String prefix, String which) {
        int shared = attention.keyValueHeads();
        String cache = writer.state(new ProgramWriter.StateArray(List.of(shared, size), true));
        String rows = "cells_" + shared;
        if (writer.isNew(rows)) {
            writer.line("%s = (self).cache_rows(cells, first, %d, torch.size(%s, 2))", rows, shared, cache);
        }
        writer.line("%s_%s = (self).cached(%s, %s, %s_%s, first, total)", prefix, which, cache, rows, prefix, which);
    }

    void forward(String out) {
        split(out);
        if (isFlash() && !settings.decoding()) {
            writer.line(
                    "%s_y, %s_l = torch._scaled_dot_product_flash_attention_for_cpu(%s_q, %s_k, %s_v, %s)",
                    out, out, out, out, out, flashArguments());
        } else {
            probabilities(out);
            writer.line("%s_y = torch.matmul(%s_p, %s_v)", out, out, out);
        }
        writer.line("%s = (self).joined(%s_y)", out, out);
    }

    /** Whether the fused kernel is used; it has no limit of the dot products. */
    private boolean isFlash() {
        return settings.flash() && attention.cap() == 0;
    }

    private void probabilities(String prefix) {
        String mask = mask();
        if (attention.cap() > 0) {
            writer.line(
                    "%s_s = (self).capped_scores(%s_q, %s_k, %s, %s)",
                    prefix, prefix, prefix, scale(), number(attention.cap()));
            writer.line("%s_p = (self).capped_probabilities(%s_s, %s)", prefix, prefix, mask);
            return;
        }
        writer.line("%s_p = (self).probabilities(%s_q, %s_k, %s, %s)", prefix, prefix, prefix, scale(), mask);
    }

    /**
     * The additive mask of the scores, {@code (T, T)}, or where sequences differ {@code (B, 1, T, keys)}: 0 at visible
     * keys, almost minus infinity elsewhere.
     */
    private String mask() {
        String mask = "hidden_" + attention.window();
        if (writer.isNew(mask)) {
            String positions = writer.positions();
            String call;
            if (settings.decoding()) {
                call = "(self).hidden_keys(%s, %s, total, %d)".formatted(packed, positions, attention.window());
            } else if (positions != null) {
                call = "(self).hidden_packed(%s, %s, %d)".formatted(packed, positions, attention.window());
            } else {
                call = "(self).hidden_positions(%s, sequence, %d)".formatted(packed, attention.window());
            }
            writer.line("%s = %s", mask, call);
        }
        return mask;
    }

    void gradient(String out) {
        String forward = in(node, 2);
        writer.line("%s_dy = (self).heads(%s, 0, %d, %d)", out, in(node, 0), attention.heads(), size);
        if (isFlash()) {
            writer.line(
                    "%s_dq, %s_dk, %s_dv = torch._scaled_dot_product_flash_attention_for_cpu_backward(%s_dy, %s_q, %s_k,"
                            + " %s_v, %s_y, %s_l, %s)",
                    out, out, out, out, forward, forward, forward, forward, forward, flashArguments());
        } else if (attention.cap() > 0) {
            writer.line(
                    "%s_dq, %s_dk, %s_dv = (self).capped_attention_gradient(%s_dy, %s_q, %s_k, %s_v, %s_p, %s_s, %s, %s)",
                    out, out, out, out, forward, forward, forward, forward, forward, scale(), number(attention.cap()));
        } else {
            writer.line(
                    "%s_dq, %s_dk, %s_dv = (self).attention_gradient(%s_dy, %s_q, %s_k, %s_v, %s_p, %s)",
                    out, out, out, out, forward, forward, forward, forward, scale());
        }
        if (group > 1) {
            writer.line("%s_dk = (self).summed(%s_dk, %d)", out, out, group);
            writer.line("%s_dv = (self).summed(%s_dv, %d)", out, out, group);
        }
        writer.line("%s = (self).pack(%s, %s_dq, %s_dk, %s_dv)", out, packed, out, out, out);
    }

    /** The kernel's arguments: a window and packed sequences need a mask; without one, the kernel skips later keys. */
    private String flashArguments() {
        if (attention.window() == 0 && writer.positions() == null) {
            return "0., True, attn_mask=None, scale=" + scale();
        }
        return "0., False, attn_mask=" + mask() + ", scale=" + scale();
    }

    private String scale() {
        return number(attention.scale());
    }

    private static String number(float value) {
        return Double.toString(value).replace('E', 'e');
    }
}
