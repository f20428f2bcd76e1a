package io.nanogpt.impl.onnx;

import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.ProtobufWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** Writes a graph as a {@code ModelProto}, one constant after another, so that no more than one is in memory. */
final class ModelFile {
    /**
     * Opset 23 is the first with Attention, RMSNormalization and RotaryEmbedding, which the cache needs; ONNX Runtime
     * reads it since 1.23. IR 11 came with it.
     */
    private static final int OPSET = 23;

    private static final int IR_VERSION = 11;
    private static final int CONTRIB_VERSION = 1;
    /**
     * Most bytes of constants inside the file: a protobuf message is limited to 2 GiB, some of which the nodes take.
     */
    private static final long LARGEST_INLINE = 1_500_000_000L;
    /** Smaller constants stay in the graph, where shape inference reads them. */
    private static final long SMALLEST_EXTERNAL = 1024;
    /** Offsets at which Windows can map a file into memory, so that a runtime need not copy the constants. */
    private static final long ALIGNMENT = 65_536;

    private final OnnxGraph graph;
    private final Map<String, String> metadata;

    ModelFile(OnnxGraph graph, Map<String, String> metadata) {
        this.graph = graph;
        this.metadata = metadata;
    }

    /** Writes {@code file} and, if requested or needed, the weights to {@code data} beside it. */
    void write(Path file, Path data, boolean external) {
        List<Tensor> constants = graph.constants();
        boolean outside =
                external || constants.stream().mapToLong(Tensor::bytes).sum() > LARGEST_INLINE;
        List<Entry> entries = entries(constants, outside, String.valueOf(data.getFileName()));
        Map<String, String> texts = new LinkedHashMap<>(metadata);
        if (outside) {
            CRC32C sum = new CRC32C();
            AtomicFiles.write(data, out -> writeData(new CheckedOutputStream(out, sum), entries));
            texts.put(ModelChecksums.DATA_KEY, ModelChecksums.text(sum));
        }
        CRC32C sum = new CRC32C();
        texts.put(ModelChecksums.KEY, ModelChecksums.text(sum));
        AtomicFiles.write(
                file,
                out -> {
                    out.write(head(texts, entries));
                    writeGraph(new CheckedOutputStream(out, sum), entries);
                },
                () -> {
                    texts.put(ModelChecksums.KEY, ModelChecksums.text(sum));
                    return head(texts, entries);
                });
    }

    /** A constant, its fields before its content, and its place in the other file, or -1 where it is in this one. */
    private record Entry(Tensor tensor, ProtobufWriter fields, long offset) {
        boolean isOutside() {
            return offset >= 0;
        }

        long size() {
            return fields.size() + (isOutside() ? 0 : tensor.bytes());
        }
    }

    private static List<Entry> entries(List<Tensor> constants, boolean outside, String location) {
        List<Entry> entries = new ArrayList<>();
        long end = 0;
        for (Tensor tensor : constants) {
            ProtobufWriter fields = new ProtobufWriter();
            tensor.shape().forEach(size -> fields.integer(OnnxFields.Tensor.DIMS, size));
            fields.integer(OnnxFields.Tensor.DATA_TYPE, tensor.type().number())
                    .text(OnnxFields.Tensor.NAME, tensor.name());
            if (outside && tensor.bytes() >= SMALLEST_EXTERNAL) {
                long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
                end = offset + tensor.bytes();
                fields.message(OnnxFields.Tensor.EXTERNAL_DATA, pair("location", location))
                        .message(OnnxFields.Tensor.EXTERNAL_DATA, pair("offset", Long.toString(offset)))
                        .message(OnnxFields.Tensor.EXTERNAL_DATA, pair("length", Long.toString(tensor.bytes())))
                        .integer(OnnxFields.Tensor.DATA_LOCATION, OnnxFields.DataLocation.EXTERNAL);
                entries.add(new Entry(tensor, fields, offset));
            } else {
                entries.add(new Entry(tensor, fields.announce(OnnxFields.Tensor.RAW_DATA, tensor.bytes()), -1));
            }
        }
        return entries;
    }

    /** All before the graph, with its length. */
    private byte[] head(Map<String, String> texts, List<Entry> entries) {
        ProtobufWriter model = new ProtobufWriter()
                .integer(OnnxFields.Model.IR_VERSION, IR_VERSION)
                .text(OnnxFields.Model.PRODUCER_NAME, "nanogpt")
                .message(OnnxFields.Model.OPSET_IMPORT, operators(OnnxGraph.STANDARD, OPSET));
        if (graph.usesContrib()) {
            model.message(OnnxFields.Model.OPSET_IMPORT, operators(OnnxGraph.CONTRIB, CONTRIB_VERSION));
        }
        texts.forEach((key, value) -> model.message(OnnxFields.Model.METADATA_PROPS, pair(key, value)));
        long length = graph.fields().size();
        for (Entry entry : entries) {
            length += new ProtobufWriter()
                            .announce(OnnxFields.Graph.INITIALIZER, entry.size())
                            .size()
                    + entry.size();
        }
        return model.announce(OnnxFields.Model.GRAPH, length).toBytes();
    }

    private void writeGraph(OutputStream out, List<Entry> entries) throws IOException {
        graph.fields().writeTo(out);
        for (Entry entry : entries) {
            new ProtobufWriter()
                    .announce(OnnxFields.Graph.INITIALIZER, entry.size())
                    .append(entry.fields())
                    .writeTo(out);
            if (!entry.isOutside()) {
                entry.tensor().content().writeTo(out);
            }
        }
    }

    private static void writeData(OutputStream out, List<Entry> entries) throws IOException {
        long written = 0;
        for (Entry entry : entries) {
            if (entry.isOutside()) {
                out.write(new byte[(int) (entry.offset() - written)]);
                entry.tensor().content().writeTo(out);
                written = entry.offset() + entry.tensor().bytes();
            }
        }
    }

    private static ProtobufWriter pair(String key, String value) {
        return new ProtobufWriter()
                .text(OnnxFields.StringStringEntry.KEY, key)
                .text(OnnxFields.StringStringEntry.VALUE, value);
    }

    private static ProtobufWriter operators(String domain, int version) {
        return new ProtobufWriter()
                .text(OnnxFields.OperatorSetId.DOMAIN, domain)
                .integer(OnnxFields.OperatorSetId.VERSION, version);
    }
}
