package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.ProtobufWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs that another program wrote. */
class GraphFileCheckTest {
    @TempDir
    private Path folder;

    @Test
    void takesOperatorsAndConstantsOfTheExport() throws IOException {
        Files.write(folder.resolve(OnnxExporter.DATA_FILE), new byte[64]);
        ProtobufWriter graph = new ProtobufWriter()
                .message(OnnxFields.Graph.NODE, node("MatMul"))
                .message(OnnxFields.Graph.INITIALIZER, inside(2, 3).text(OnnxFields.Tensor.RAW_DATA, "\0".repeat(24)))
                .message(OnnxFields.Graph.INITIALIZER, outside("model.onnx.data", "40", "24"));

        assertThatCode(() -> GraphFileCheck.check(file(graph), folder)).doesNotThrowAnyException();
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Path empty = Files.createFile(folder.resolve("model.onnx"));
        assertThatThrownBy(() -> GraphFileCheck.check(empty, folder))
                .isInstanceOf(NanogptException.class)
                .hasMessage(empty + " is empty (0 bytes): it was not written, copied or downloaded to its end; get it"
                        + " again, or save or export the model again");
    }

    @Test
    void refusesOtherOperators() {
        for (String operator : new String[] {"If", "Loop", "Scan", "ConstantOfShape", "Expand", "Tile", "Range", ""}) {
            refuses(
                    new ProtobufWriter().message(OnnxFields.Graph.NODE, node(operator)),
                    "has the operator " + operator);
        }
        ProtobufWriter custom = node("Add").text(OnnxFields.Node.DOMAIN, "their.own");
        refuses(new ProtobufWriter().message(OnnxFields.Graph.NODE, custom), "has the operator their.own.Add");
        ProtobufWriter nested =
                node("Add").message(OnnxFields.Node.ATTRIBUTE, new ProtobufWriter().message(6, new ProtobufWriter()));
        refuses(
                new ProtobufWriter().message(OnnxFields.Graph.NODE, nested),
                "an attribute that is a tensor or a graph");
    }

    @Test
    void refusesConstantsElsewhere() throws IOException {
        Files.write(folder.resolve(OnnxExporter.DATA_FILE), new byte[64]);
        for (String location : new String[] {"/etc/passwd", "../model.onnx.data", "other.data", ""}) {
            refuses(
                    new ProtobufWriter().message(OnnxFields.Graph.INITIALIZER, outside(location, "0", "24")),
                    "not at location=model.onnx.data");
        }
        for (String[] place : new String[][] {{"41", "24"}, {"-1", "24"}, {"0", "99999999999999999999"}, {"", ""}}) {
            refuses(
                    new ProtobufWriter()
                            .message(OnnxFields.Graph.INITIALIZER, outside("model.onnx.data", place[0], place[1])),
                    "within that file of 64 bytes");
        }
    }

    @Test
    void refusesConstantsLargerThanTheirFiles() {
        refuses(
                new ProtobufWriter().message(OnnxFields.Graph.INITIALIZER, inside(1L << 31, 1L << 31)),
                "which is larger than its files");
        refuses(
                new ProtobufWriter().message(OnnxFields.Graph.INITIALIZER, inside(-1, 3)),
                "which is larger than its files");
        refuses(new ProtobufWriter().message(OnnxFields.Graph.INITIALIZER, inside(2, 3)), "needs 24 bytes, but has 0");
        refuses(
                new ProtobufWriter().message(OnnxFields.Graph.INITIALIZER, inside(1, 1, 1, 1, 1, 1, 1, 1, 1)),
                "more than 8 axes");
    }

    @Test
    void refusesWhatIsNoProtocolBuffer() throws IOException {
        for (byte[] bytes : new byte[][] {
            {58, 127}, {58, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, {58}, {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}
        }) {
            Path file = Files.write(folder.resolve("model.onnx"), bytes);
            assertThatThrownBy(() -> GraphFileCheck.check(file, folder))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    private void refuses(ProtobufWriter graph, String message) {
        assertThatThrownBy(() -> GraphFileCheck.check(file(graph), folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("was not written by this library: its graph")
                .hasMessageContaining(message);
    }

    private Path file(ProtobufWriter graph) throws IOException {
        Path file = folder.resolve("model.onnx");
        try (OutputStream out = Files.newOutputStream(file)) {
            new ProtobufWriter().message(OnnxFields.Model.GRAPH, graph).writeTo(out);
        }
        return file;
    }

    private static ProtobufWriter node(String operator) {
        return new ProtobufWriter().text(OnnxFields.Node.OP_TYPE, operator);
    }

    private static ProtobufWriter inside(long... shape) {
        ProtobufWriter tensor = new ProtobufWriter();
        for (long size : shape) {
            tensor.integer(OnnxFields.Tensor.DIMS, size);
        }
        return tensor.integer(OnnxFields.Tensor.DATA_TYPE, 1).text(OnnxFields.Tensor.NAME, "w");
    }

    private static ProtobufWriter outside(String location, String offset, String length) {
        return inside(2, 3)
                .message(OnnxFields.Tensor.EXTERNAL_DATA, entry("location", location))
                .message(OnnxFields.Tensor.EXTERNAL_DATA, entry("offset", offset))
                .message(OnnxFields.Tensor.EXTERNAL_DATA, entry("length", length))
                .integer(OnnxFields.Tensor.DATA_LOCATION, 1);
    }

    private static ProtobufWriter entry(String key, String value) {
        return new ProtobufWriter()
                .text(OnnxFields.StringStringEntry.KEY, key)
                .text(OnnxFields.StringStringEntry.VALUE, value);
    }
}
