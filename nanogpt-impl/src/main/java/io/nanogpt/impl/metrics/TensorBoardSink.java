package io.nanogpt.impl.metrics;

import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An event file of TensorBoard: records of TensorFlow, each an {@code Event} message with its length and the checksums of
 * both. A run that is resumed begins another file, which says from which step on it replaces the earlier ones.
 */
final class TensorBoardSink implements MetricSink {
    private static final int MASK = 0xa282ead8;
    private static final int SESSION_START = 1;
    private static final int STRING = 7;

    private final Path folder;
    private @Nullable OutputStream out;

    TensorBoardSink(Path folder) {
        this.folder = folder;
    }

    @Override
    public void start(TrainingPlan plan) {
        try {
            Files.createDirectories(folder);
            int number = 0;
            Path file = path(number);
            while (Files.exists(file)) {
                number++;
                file = path(number);
            }
            out = Files.newOutputStream(file);
        } catch (IOException e) {
            throw failure(e);
        }
        write(event(0).text(3, "brain.Event:2"));
        if (plan.firstStep() > 1) {
            write(event(plan.firstStep()).message(7, new ProtoMessage().integer(1, SESSION_START)));
        }
    }

    /** TensorBoard takes files in the order of their names. */
    private Path path(int number) {
        return folder.resolve(String.format("events.out.tfevents.%010d.nanogpt", number));
    }

    @Override
    public void scalars(int step, Map<String, Double> values) {
        ProtoMessage summary = new ProtoMessage();
        values.forEach((name, value) ->
                summary.message(1, new ProtoMessage().text(1, name).number(2, value.floatValue())));
        write(event(step).message(5, summary));
    }

    @Override
    public void text(int step, String name, String text) {
        ProtoMessage tensor = new ProtoMessage()
                .integer(1, STRING)
                .message(2, new ProtoMessage())
                .text(8, text);
        ProtoMessage plugin = new ProtoMessage().text(1, "text");
        ProtoMessage value =
                new ProtoMessage().text(1, name).message(8, tensor).message(9, new ProtoMessage().message(1, plugin));
        write(event(step).message(5, new ProtoMessage().message(1, value)));
    }

    /** The time is for people alone: nothing depends on it. */
    private static ProtoMessage event(int step) {
        return new ProtoMessage().number(1, System.currentTimeMillis() / 1e3).integer(2, step);
    }

    private void write(ProtoMessage event) {
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
