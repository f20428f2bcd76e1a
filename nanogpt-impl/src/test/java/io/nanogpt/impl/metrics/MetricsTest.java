package io.nanogpt.impl.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.nanogpt.backend.Compute;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    private static final EvaluationPoint POINT = new EvaluationPoint(4, 2, 0, 0.5);

    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics();

    @Test
    void aTableHasARowAStep() throws IOException {
        Path file = folder.resolve("new/run.csv");
        run(metrics.csv(file), 1, 6);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0))
                .startsWith(
                        "step,seconds,tokens,loss,train_loss,validation_loss,averaged_loss,perplexity,learning_rate,"
                                + "gradient_norm");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).startsWith("2,0.2,200.0,3.0,,,,,0.001,7.0,1000.0,0.1,6000000.0,0.5,");
        assertThat(lines.get(3)).isEqualTo("4,0.5,,,2.0,0.0,,1.0,,,,,,,,");
        assertThat(lines.get(4)).startsWith("6,");
        run(metrics.csv(file), 1, 2);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    /** A file of an older version has fewer columns, and keeps its rows where a run goes on. */
    @Test
    void theRowsOfAnOlderVersionKeepTheirColumns() throws IOException {
        Path csv = folder.resolve("run.csv");
        run(metrics.csv(csv), 1, 8);
        String older = Files.readString(csv)
                .lines()
                .map(line -> line.substring(0, line.lastIndexOf(',')))
                .collect(Collectors.joining("\n", "", "\n"));
        String[] before = older.split("\n", -1);
        Files.writeString(csv, older);
        run(metrics.csv(csv), 5, 8);
        List<String> rows = Files.readAllLines(csv);
        assertThat(rows.get(0)).isEqualTo(before[0] + ",bits_per_byte");
        assertThat(rows.get(1)).isEqualTo(before[1] + ",");
        assertThat(rows.stream().skip(1).map(line -> line.substring(0, line.indexOf(','))))
                .containsExactly("2", "4", "4", "6", "8");
    }

    @Test
    void aResumedRunWritesNoStepTwiceAndDropsWhatACrashCutShort() throws IOException {
        Path csv = folder.resolve("run.csv");
        Path json = folder.resolve("run.jsonl");
        run(metrics.csv(csv), 1, 8);
        run(metrics.jsonLines(json), 1, 8);
        Files.writeString(csv, Files.readString(csv) + "9,0.");
        Files.writeString(json, Files.readString(json) + "{\"step\":9,\"lo");
        run(metrics.csv(csv), 5, 8);
        run(metrics.jsonLines(json), 5, 8);
        assertThat(Files.readAllLines(csv).stream().skip(1).map(line -> line.substring(0, line.indexOf(','))))
                .containsExactly("2", "4", "4", "6", "8");
        assertThat(Files.readAllLines(json).stream()
                        .map(line -> JsonValue.parse(line, "line", "metrics")
                                .member("step")
                                .integer(0, 9)))
                .containsExactly(2L, 4L, 4L, 4L, 6L, 8L);
    }

    @Test
    void linesOfJsonHoldNumbersAndTexts() throws IOException {
        Path file = folder.resolve("run.jsonl");
        run(metrics.jsonLines(file), 1, 4);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(4);
        assertThat(JsonValue.parse(lines.get(0), "line", "metrics")
                        .member("loss")
                        .number())
                .isEqualTo(3);
        assertThat(lines.get(2)).contains("\"perplexity\":1.0").contains("\"train_loss\":2.0");
        assertThat(lines.get(3)).contains("\"sample\":\"Once upon\\na time\"");
    }

    @Test
    void linesOfJsonHoldAttention() throws IOException {
        Path file = folder.resolve("run.jsonl");
        TrainingListener listener = metrics.listener(metrics.jsonLines(file), 2);
        listener.onStart(plan(1));
        listener.onAttention(
                4,
                new AttentionMaps(
                        List.of(new Token(1, "a", Optional.empty()), new Token(2, "\n", Optional.empty())),
                        Collections.singletonList(new float[][][] {{{1, 0}, {0.25f, 0.75f}}}),
                        new float[] {1}));
        listener.onEnd(report());
        assertThat(Files.readString(file))
                .isEqualTo("{\"step\":4,\"attention\":{\"tokens\":[\"a\",\"\\n\"],"
                        + "\"layers\":[[[[1.0,0.0],[0.25,0.75]]]]}}\n");
    }

    @Test
    void eventFilesHoldRecordsWithChecksums() throws IOException {
        run(metrics.tensorBoard(folder), 1, 4);
        run(metrics.tensorBoard(folder), 3, 4);
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.sorted().toList();
        }
        assertThat(files)
                .hasSize(2)
                .allMatch(file -> file.getFileName().toString().startsWith("events.out.tfevents."));
        List<byte[]> first = records(files.get(0));
        assertThat(new String(first.get(0), StandardCharsets.UTF_8)).contains("brain.Event:2");
        assertThat(first).hasSize(5);
        assertThat(new String(first.get(1), StandardCharsets.UTF_8)).contains("gradient_norm");
        // The second file begins with the start of a session at step 3.
        assertThat(records(files.get(1)).get(1)).endsWith(0x10, 3, 0x3a, 2, 8, 1);
    }

    private static List<byte[]> records(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> records = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(length);
            assertThat(bytes.getInt()).isEqualTo(masked(length));
            byte[] data = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            bytes.get(data);
            assertThat(bytes.getInt()).isEqualTo(masked(data));
            records.add(data);
        }
        return records;
    }

    private static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int value = (int) crc.getValue();
        return ((value >>> 15) | (value << 17)) + 0xa282ead8;
    }

    @Test
    void mlflowGetsARunOverItsRestInterface() throws IOException {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        HttpServer server = server(calls, false);
        try {
            MetricSink sink = metrics.mlflow(address(server), "my experiment");
            run(sink, 1, 4);
            assertThat(sink.state()).isEqualTo("run 7");
            assertThat(calls.get(0)).startsWith("experiments/get-by-name");
            assertThat(calls.get(1)).isEqualTo("experiments/create {\"name\":\"my experiment\"}");
            assertThat(calls.get(2)).startsWith("runs/create {\"experiment_id\":\"3\",");
            assertThat(calls)
                    .anyMatch(call -> call.startsWith("runs/log-batch {\"run_id\":\"run 7\"")
                            && call.contains("{\"key\":\"loss\",\"value\":3.0,\"timestamp\":")
                            && call.contains("\"step\":2"));
            assertThat(calls).anyMatch(call -> call.startsWith("runs/set-tag") && call.contains("Once upon"));
            assertThat(calls.get(calls.size() - 1)).startsWith("runs/update").contains("FINISHED");

            calls.clear();
            MetricSink resumed = metrics.mlflow(address(server), "my experiment");
            resumed.restore("run 6");
            run(resumed, 3, 4);
            assertThat(calls)
                    .noneMatch(call -> call.startsWith("runs/create"))
                    .anyMatch(call -> call.contains("run 6"));
        } finally {
            server.stop(0);
        }
    }

    /** The clock is set back by an hour after the run has begun; it goes on by a second at each question. */
    @Test
    void timesNeverGoBackWhenTheClockIsSet() throws IOException {
        AtomicLong day = new AtomicLong(1_000_000_000_000L);
        AtomicLong seconds = new AtomicLong(Long.MAX_VALUE / 1_000_000_000 - 2);
        SteadyTime time =
                new SteadyTime(() -> day.getAndAdd(-3_600_000), () -> seconds.incrementAndGet() * 1_000_000_000);
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        HttpServer server = server(calls, false);
        try {
            run(new MlflowSink(address(server), "x", time), 1, 8);
        } finally {
            server.stop(0);
        }
        List<Long> times = calls.stream()
                .flatMap(call -> Pattern.compile("_time\":(\\d+)|stamp\":(\\d+)")
                        .matcher(call)
                        .results())
                .map(match -> Long.parseLong(match.group().replaceAll(".*:", "")))
                .toList();
        assertThat(times).hasSizeGreaterThan(4).isSorted().allMatch(millis -> millis > 1_000_000_000_000L);

        run(new TensorBoardSink(folder, time), 1, 8);
        List<Double> written = new ArrayList<>();
        for (byte[] record : records(folder.resolve("events.out.tfevents.0000000000.nanogpt"))) {
            // The first field of an event: its tag, and a double.
            written.add(ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getDouble(1));
        }
        assertThat(written).hasSizeGreaterThan(4).isSorted().allMatch(second -> second > 1e9);
    }

    @Test
    void aRunGoesOnWithoutASinkThatFails() throws IOException {
        int[] calls = new int[1];
        run(
                new MetricSink() {
                    @Override
                    public void scalars(int step, Map<String, Double> values) {
                        calls[0]++;
                        throw new IllegalStateException("the disk is full");
                    }

                    @Override
                    public void close() {
                        calls[0]++;
                    }
                },
                1,
                8);
        assertThat(calls[0]).isEqualTo(1);
    }

    @Test
    void aFileWhereTheFolderShouldBeIsLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        run(metrics.csv(file.resolve("run.csv")), 1, 4);
        assertThat(file).hasContent("kept");
    }

    @Test
    void aFailingServerIsCalledOnce() throws IOException {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        HttpServer server = server(calls, true);
        try {
            run(metrics.mlflow(address(server), "x"), 1, 4);
        } finally {
            server.stop(0);
        }
        assertThat(calls).hasSize(1).first().asString().startsWith("experiments/get-by-name");
    }

    @Test
    void aLogFolderThatIsDeletedDoesNotStopTheRun() throws IOException {
        Path logs = Files.createDirectories(folder.resolve("logs"));
        TrainingListener listener = metrics.listener(metrics.csv(logs.resolve("run.csv")), 1);
        listener.onStart(plan(1));
        listener.onStep(new Step(1));
        Files.delete(logs.resolve("run.csv"));
        Files.delete(logs);
        listener.onStep(new Step(2));
        listener.onEnd(report());
        assertThat(logs).doesNotExist();

        // The listener is as good as new for the next run.
        listener.onStart(plan(1));
        listener.onStep(new Step(1));
        listener.onEnd(report());
        assertThat(Files.readAllLines(logs.resolve("run.csv"))).hasSize(2);
    }

    private static URI address(HttpServer server) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    private static HttpServer server(List<String> calls, boolean broken) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/2.0/mlflow/", exchange -> {
            String path = exchange.getRequestURI().toString().replace("/api/2.0/mlflow/", "");
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            calls.add((path + " " + body).strip());
            boolean missing = path.startsWith("experiments/get-by-name");
            String answer = missing
                    ? "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\"}"
                    : "{\"experiment_id\":\"3\",\"run\":{\"info\":{\"run_id\":\"run 7\"}}}";
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(broken ? 500 : missing ? 404 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Steps with an evaluation and a sample after step 4. */
    private void run(MetricSink sink, int firstStep, int lastStep) {
        TrainingListener listener = metrics.listener(sink, 2);
        listener.onStart(plan(firstStep));
        for (int step = firstStep; step <= lastStep; step++) {
            listener.onStep(new Step(step));
            if (step == POINT.step()) {
                listener.onEvaluation(POINT);
                listener.onSample(step, "Once upon", "\na time");
            }
        }
        listener.onEnd(report());
    }

    private static TrainingPlan plan(int firstStep) {
        return TrainingPlan.builder()
                .compute(new Compute("cpu", Compute.Kernels.SCALAR, "", Optional.empty()))
                .firstStep(firstStep)
                .steps(8)
                .tokensPerStep(100)
                .flopsPerToken(6000)
                .peakFlops(12e6)
                .build();
    }

    private static TrainingReport report() {
        return new TrainingReport(plan(1), 8, StopReason.DONE, List.of(POINT), 4, 1, 1, 1);
    }

    private record Step(int number) implements TrainingStep {
        @Override
        public float loss() {
            return 3;
        }

        @Override
        public double learningRate() {
            return 1e-3;
        }

        @Override
        public double gradientNorm() {
            return 7;
        }

        @Override
        public long tokens() {
            return 100L * number;
        }

        @Override
        public double stepSeconds() {
            return 0.1;
        }

        @Override
        public double seconds() {
            return number / 10.0;
        }
    }
}
