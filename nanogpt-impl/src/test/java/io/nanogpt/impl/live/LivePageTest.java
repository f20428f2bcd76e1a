package io.nanogpt.impl.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.LiveOptions;
import io.nanogpt.chart.LiveReport;
import io.nanogpt.chart.Report;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
@Timeout(120)
class LivePageTest {
    private static final Corpus CORPUS = Corpus.ofText("the quick brown fox jumps over the lazy dog; ".repeat(30));

    @TempDir
    private Path folder;

    @Test
    void aFileHasWhatARunShowed() throws IOException {
        try (LiveReport live = Report.live(LiveOptions.defaults().withTitle("a <b>run</b>"))) {
            train(10, live.listener("</script>&<i>"));
            Path file = folder.resolve("run.html");
            live.write(file);

            String html = Files.readString(file);
            assertThat(html).contains("<title>a &lt;b&gt;run&lt;/b&gt;</title>").doesNotContain("</script>&<i>");
            JsonValue events = stored(html);
            JsonValue run = event(events, "run");
            assertThat(run.member("name").string()).isEqualTo("</script>&<i>");
            assertThat(run.member("state").string()).isEqualTo("FINISHED");
            assertThat(run.member("steps").integer(0, 100)).isEqualTo(10);
            assertThat(run.member("evaluations").elements()).hasSize(3);
            assertThat(run.member("samples").elements()).hasSize(3);
            assertThat(event(events, "steps").member("step").elements()).hasSize(10);
            assertThat(event(events, "steps").member("norm").elements()).allMatch(norm -> norm.number() > 0);
            assertThat(event(events, "steps").member("speed").elements()).allMatch(speed -> speed.number() > 0);
        }
    }

    @Test
    void weightsAreShownByChoice() {
        try (LiveReport live = Report.live(LiveOptions.defaults().withWeights(true))) {
            train(10, live.listener("run"));
            JsonValue sets = event(stored(live.html()), "weights");
            assertThat(sets.elements())
                    .extracting(set -> set.member("step").number())
                    .containsExactly(0.0, 5.0, 10.0);
            for (JsonValue histogram :
                    sets.elements().get(2).member("histograms").elements()) {
                double values = histogram.member("counts").elements().stream()
                        .mapToDouble(JsonValue::number)
                        .sum();
                assertThat(values).isPositive();
            }
        }
        try (LiveReport live = Report.live()) {
            train(10, live.listener("run"));
            assertThat(event(stored(live.html()), "weights").elements()).isEmpty();
        }
    }

    @Test
    void anOpenPageGetsWhatIsNew() throws IOException {
        try (LiveReport live = Report.live();
                InputStream stream = live.uri().resolve("events").toURL().openStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            train(10, live.listener("run"));
            train(5, live.listener("another"));

            List<JsonValue> steps = new ArrayList<>();
            String name = "";
            while (steps.stream().noneMatch(value -> value.has("number", 1L))) {
                String line = lines.readLine();
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (name.equals("steps") && line.startsWith("data: ")) {
                    steps.add(JsonValue.parse(line.substring(6), "an event", "points"));
                }
            }
            assertThat(steps)
                    .anySatisfy(value -> assertThat(
                                    value.member("value").member("step").elements())
                            .isNotEmpty());
        }
    }

    @Test
    void anOpenPageGetsHowItsRunEndedBeforeTheServerCloses() throws IOException {
        LiveReport live = Report.live();
        try (InputStream stream = live.uri().resolve("events").toURL().openStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            train(5, live.listener("run"));
            live.close();
            assertThat(lines.lines().filter(line -> line.startsWith("data: ")))
                    .anySatisfy(line -> assertThat(line).contains("\"state\":\"FINISHED\""));
        } finally {
            live.close();
        }
    }

    @Test
    void stopEndsARunAfterItsStep() throws Exception {
        try (LiveReport live = Report.live()) {
            TrainingListener run = live.listener("run");
            LanguageModel model = train(1000, run, new At(7, () -> post(live, "stop")));
            assertThat(model.report().orElseThrow().reason()).isEqualTo(StopReason.LISTENER);
            assertThat(model.report().orElseThrow().steps()).isEqualTo(7);
            assertThat(event(stored(live.html()), "run").member("end").string()).isEqualTo("stopped");
            assertThat(post(live, "stop")).isEqualTo(400);
        }
    }

    @Test
    void aCheckpointIsWrittenWhenAskedFor() throws Exception {
        Path checkpoints = folder.resolve("checkpoints");
        List<Integer> written = new ArrayList<>();
        try (LiveReport live = Report.live()) {
            TrainingListener recorder = new TrainingListener() {
                @Override
                public void onCheckpoint(int step) {
                    written.add(step);
                }
            };
            builder(12, live.listener("run"), new At(3, () -> post(live, "checkpoint")), recorder)
                    .training(trainer -> trainer.checkpoints(
                            CheckpointConfig.in(checkpoints).withEvery(1000).withKeepLast(100)))
                    .train(CORPUS)
                    .close();
            assertThat(written).contains(3, 12);
            assertThat(checkpoints.resolve("step-00000003")).isDirectory();
            assertThat(event(stored(live.html()), "run").member("checkpoint").number())
                    .isEqualTo(12);
        }
    }

    @Test
    void aResumedRunShowsItsWholeCourse() {
        CheckpointConfig checkpoints =
                CheckpointConfig.in(folder.resolve("checkpoints")).withEvery(6);
        try (LiveReport live = Report.live()) {
            builder(6, live.listener("run"))
                    .training(trainer -> trainer.checkpoints(checkpoints))
                    .train(CORPUS)
                    .close();
        }
        try (LiveReport live = Report.live()) {
            builder(12, live.listener("run"))
                    .training(trainer -> trainer.checkpoints(checkpoints.withResume(true)))
                    .train(CORPUS)
                    .close();
            JsonValue events = stored(live.html());
            JsonValue steps = event(events, "steps");
            assertThat(steps.member("step").elements()).hasSize(12);
            assertThat(steps.member("loss").elements()).allMatch(loss -> loss.number() > 0);
            JsonValue run = event(events, "run");
            assertThat(run.member("evaluations")
                            .elements()
                            .get(0)
                            .member("step")
                            .number())
                    .isZero();
            assertThat(run.member("samples").elements().get(0).member("step").number())
                    .isZero();
            assertThat(run.member("notices").elements()).isEmpty();
        }
    }

    @Test
    void aResumedRunThatWasNotWatchedSaysWhereItBegins() {
        CheckpointConfig checkpoints =
                CheckpointConfig.in(folder.resolve("checkpoints")).withEvery(6);
        builder(6)
                .training(trainer -> trainer.checkpoints(checkpoints))
                .train(CORPUS)
                .close();
        try (LiveReport live = Report.live()) {
            builder(12, live.listener("run"))
                    .training(trainer -> trainer.checkpoints(checkpoints.withResume(true)))
                    .train(CORPUS)
                    .close();
            JsonValue events = stored(live.html());
            assertThat(event(events, "steps").member("step").elements()).hasSize(6);
            assertThat(event(events, "run")
                            .member("notices")
                            .elements()
                            .get(0)
                            .member("text")
                            .string())
                    .isEqualTo("resumed after step 6, before which the run was not watched");
        }
    }

    @Test
    void withoutAFolderACheckpointIsANotice() {
        try (LiveReport live = Report.live()) {
            train(12, live.listener("run"), new At(3, () -> post(live, "checkpoint")));
            assertThat(event(stored(live.html()), "run")
                            .member("notices")
                            .elements()
                            .get(0)
                            .member("text")
                            .string())
                    .isEqualTo("a checkpoint was asked for, but the run has no folder for checkpoints");
        }
    }

    @Test
    void otherPathsAndRunsAreRefused() throws Exception {
        try (LiveReport live = Report.live()) {
            assertThat(post(live, "stop")).isEqualTo(400);
        }
    }

    @Test
    void theWeightsAreThoseOfARunThatIsNotWatched() {
        float[] plain = weights(train(10));
        try (LiveReport live = Report.live(LiveOptions.defaults().withWeights(true))) {
            assertThat(weights(train(10, live.listener("run")))).isEqualTo(plain);
        }
    }

    private static float[] weights(LanguageModel model) {
        return model.logits(1, 2, 3);
    }

    /** Does something at a step. */
    private record At(int step, Action action) implements TrainingListener {
        private interface Action {
            void run() throws Exception;
        }

        @Override
        public void onStep(TrainingStep now) {
            if (now.number() == step) {
                try {
                    action.run();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static int post(LiveReport live, String call) throws IOException, InterruptedException {
        URI uri = live.uri().resolve(call);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"run\":0}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static GPT.Builder builder(int steps, TrainingListener... listeners) {
        GPT.Builder builder = GPT.builder()
                .layers(1)
                .heads(1)
                .embeddingSize(8)
                .contextLength(8)
                .steps(steps)
                .training(trainer -> trainer.evaluateEvery(5)
                        .samples(new SampleConfig(
                                List.of("the"), GenerationOptions.greedy().withMaxTokens(4), false)));
        for (TrainingListener listener : listeners) {
            builder.listener(listener);
        }
        return builder;
    }

    private static LanguageModel train(int steps, TrainingListener... listeners) {
        return builder(steps, listeners).train(CORPUS);
    }

    private static JsonValue stored(String html) {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
                .matcher(html);
        assertThat(data.find()).isTrue();
        return JsonValue.parse(data.group(1), "the page", "events");
    }

    private static JsonValue event(JsonValue events, String name) {
        return events.elements().stream()
                .filter(event -> event.has("name", name))
                .findFirst()
                .orElseThrow()
                .member("data")
                .member("value");
    }
}
