package io.nanogpt.impl.metrics;

import io.nanogpt.impl.files.ProtobufWriter;
import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An event file of TensorBoard: records of TensorFlow, each an {@code Event} message with its length and the checksums
 * of both. A resumed run begins another file, which marks the step from which on it replaces the earlier ones.
 */
final class TensorBoardSink implements MetricSink {
    private static final int MASK = 0xa282ead8;

    private final Path folder;
    private final SteadyTime time;
    private @Nullable OutputStream out;

    TensorBoardSink(Path folder, SteadyTime time) {
        this.folder = folder;
        this.time = time;
    }

    @Override
    public void start(TrainingPlan plan) {
        try {
            Files.createDirectories(folder);
            int number = 0;
            Path file = path(number);
            while (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                number++;
                file = path(number);
            }
            out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failure(e);
        }
        write(event(0).text(EventFields.Event.FILE_VERSION, "brain.Event:2"));
        if (plan.firstStep() > 1) {
            write(event(plan.firstStep())
                    .message(
                            EventFields.Event.SESSION_LOG,
                            new ProtobufWriter()
                                    .integer(EventFields.SessionLog.STATUS, EventFields.SessionStatus.START)));
        }
    }

    /** TensorBoard reads files in the order of their names. */
    private Path path(int number) {
        return folder.resolve(String.format("events.out.tfevents.%010d.nanogpt", number));
    }

    @Override
    public void scalars(int step, Map<String, Double> values) {
        ProtobufWriter summary = new ProtobufWriter();
        values.forEach((name, value) -> summary.message(
                EventFields.Summary.VALUE,
                new ProtobufWriter()
                        .text(EventFields.SummaryValue.TAG, name)
                        .float32(EventFields.SummaryValue.SIMPLE_VALUE, value.floatValue())));
        write(event(step).message(EventFields.Event.SUMMARY, summary));
    }

    @Override
    public void text(int step, String name, String text) {
        ProtobufWriter tensor = new ProtobufWriter()
                .integer(EventFields.Tensor.DTYPE, EventFields.DataType.STRING)
                .message(EventFields.Tensor.TENSOR_SHAPE, new ProtobufWriter())
                .text(EventFields.Tensor.STRING_VAL, text);
        ProtobufWriter plugin = new ProtobufWriter().text(EventFields.PluginData.PLUGIN_NAME, "text");
        ProtobufWriter value = new ProtobufWriter()
                .text(EventFields.SummaryValue.TAG, name)
                .message(EventFields.SummaryValue.TENSOR, tensor)
                .message(
                        EventFields.SummaryValue.METADATA,
                        new ProtobufWriter().message(EventFields.SummaryMetadata.PLUGIN_DATA, plugin));
        write(event(step)
                .message(EventFields.Event.SUMMARY, new ProtobufWriter().message(EventFields.Summary.VALUE, value)));
    }

    /** The wall time is for display only. */
    private ProtobufWriter event(int step) {
        return new ProtobufWriter()
                .float64(EventFields.Event.WALL_TIME, time.millis() / 1e3)
                .integer(EventFields.Event.STEP, step);
    }

    private void write(ProtobufWriter event) {
        OutputStream open = out;
        if (open == null) {
            throw new IllegalStateException("no event file is open");
        }
        byte[] data = event.toBytes();
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(data.length)
                .array();
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.put(length).putInt(checksum(length)).put(data).putInt(checksum(data));
        try {
            open.write(record.array());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }

    @Override
    public void close() {
        try {
            if (out != null) {
                out.close();
                out = null;
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private UncheckedIOException failure(IOException e) {
        return new UncheckedIOException("cannot write event files in " + folder + ": " + e.getMessage(), e);
    }

    @Override
    public String toString() {
        return "the event files in " + folder;
    }
}
