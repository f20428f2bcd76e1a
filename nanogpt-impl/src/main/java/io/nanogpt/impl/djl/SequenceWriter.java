package io.nanogpt.impl.djl;

import static io.nanogpt.impl.djl.ProgramWriter.in;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the operations along a sequence, apart from attention: those that depend on positions, LSTM layers and causal
 * convolutions. In decoding the last two begin with the state of each sequence, and leave it after its last token.
 */
final class SequenceWriter {
    private final ProgramWriter writer;
    private final ProgramWriter.Settings settings;
    private final @Nullable String positions;

    /**
     * For one program.
     *
     * @param packed the variable with the positions of packed sequences, if the graph has them
     */
    SequenceWriter(ProgramWriter writer, ProgramWriter.Settings settings, @Nullable String packed) {
        this.writer = writer;
        this.settings = settings;
        positions = settings.decoding() ? "positions" : packed;
    }

    /** The variable with the positions of the tokens, {@code (B, T)}; null where all sequences begin at 0. */
    @Nullable
    String positions() {
        return positions;
    }

    /** Adds the rows of a table of positions. */
    void addPositions(Node node, String out, String table) {
        String rows = positions == null
                ? "torch.narrow(%s, 0, 0, sequence)".formatted(table)
                : "torch.embedding(%s, %s)".formatted(table, positions);
        writer.line("%s = torch.add(%s, %s)", out, in(node, 0), rows);
    }

    void addPositionsGradient(Node node, String out) {
        int rows = ((Attributes.Parameter) node.attributes()).spec().shape().size(0);
        if (positions != null) {
            writer.line("%s = (self).table_gradient(%s, %s, %d)", out, in(node, 0), positions, rows);
            return;
        }
        writer.line(
                "%s = torch.constant_pad_nd(torch.sum(%s, [0]), [0, 0, 0, %d - sequence], 0)", out, in(node, 0), rows);
    }

    void rotary(Node node, String out) {
        Attributes.Rotary rotary = (Attributes.Rotary) node.attributes();
        ConstantTensor[] tables = ConstantTensor.rotary(rotary, settings.capacity());
        writer.line(
                "%s = (self).%s(%s, %d, %d, %d, %s, %s)",
                out,
                rotary.interleaved() ? "rotate_pairs" : "rotate_halves",
                in(node, 0),
                rotary.heads(),
                rotary.headSize(),
                rotary.turned(),
                angles(writer.constant(tables[0])),
                angles(writer.constant(tables[1])));
    }

    private String angles(String table) {
        if (positions == null) {
            return "torch.narrow(%s, 0, 0, sequence)".formatted(table);
        }
        String angles = "angles_" + table.replaceAll("\\D", "");
        if (writer.isNew(angles)) {
            writer.line("%s = (self).packed_angles(%s, %s)", angles, table, positions);
        }
        return angles;
    }

    void lstm(Node node, String out) {
        int width = node.shape().features();
        String h = out + "_h0";
        String c = out + "_c0";
        if (settings.decoding()) {
            state(h, List.of(width), in(node, 0));
            state(c, List.of(width), in(node, 0));
        } else {
            writer.line("%s = torch.new_zeros(%s, [torch.size(%s, 0), %d])", h, in(node, 0), in(node, 0), width);
            writer.line("%s = %s", c, h);
        }
        writer.line(
                "%s, %s_g, %s_c = (self).lstm(%s, %s, %s, %s, %s)",
                out, out, out, in(node, 0), in(node, 1), in(node, 2), h, c);
        if (settings.decoding()) {
            writer.line("torch.copy_(%s, (self).at_rows(%s, last))", h, out);
            writer.line("torch.copy_(%s, (self).at_rows(%s_c, last))", c, out);
        }
    }

    /** The rows before a piece are zeros, or in decoding those of the pieces before. */
    void causalConv(Node node, String out) {
        int before = ((Attributes.Convolution) node.attributes()).size() - 1;
        String x = in(node, 0);
        if (settings.decoding() && before > 0) {
            String rows = out + "_rows";
            state(rows, List.of(before, node.shape().features()), x);
            writer.line("%s_all = torch.cat([%s, %s], 1)", out, rows, x);
            writer.line("torch.copy_(%s, (self).last_rows(%s_all, counts, %d))", rows, out, before);
        } else {
            writer.line("%s_all = torch.constant_pad_nd(%s, [0, 0, %d, 0], 0)", out, x, before);
        }
        writer.line("%s = (self).causal_conv(%s_all, %s, %d)", out, out, in(node, 1), before);
    }

    /** Declares an array, and a variable with the rows of the sequences of a call. */
    private void state(String variable, List<Integer> sizes, String like) {
        String array = writer.state(new ProgramWriter.StateArray(sizes, false));
        writer.line("%s = torch.narrow(%s, 0, first, torch.size(%s, 0))", variable, array, like);
    }
}
