package io.nanogpt.impl.live;

import io.nanogpt.chart.LiveOptions;
import io.nanogpt.chart.LiveReport;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.live.LiveRun.Event;
import io.nanogpt.impl.page.EventStream;
import io.nanogpt.impl.page.HtmlPage;
import io.nanogpt.impl.page.Markup;
import io.nanogpt.impl.page.PageServer;
import io.nanogpt.train.TrainingListener;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The page of runs, its server, and the same page as a file. */
public final class LivePage implements LiveReport {
    /** Between looks for what is new. */
    private static final long MILLIS = 400;

    /** Looks between two signs of life on a quiet stream. */
    private static final int QUIET = 25;

    private static final String STYLE = resource("live.css");
    private static final String BODY = resource("live.html");
    private static final String SCRIPT = "(() => {\n'use strict';\n"
            + String.join(
                    "\n", resource("format.js"), resource("charts.js"), resource("panels.js"), resource("live.js"))
            + "})();\n";

    private final LiveOptions options;
    private final List<LiveRun> runs = new CopyOnWriteArrayList<>();
    private final PageServer server;

    /**
     * Opens the page.
     *
     * @throws io.nanogpt.NanogptException if the port is taken
     */
    public LivePage(LiveOptions options) {
        this.options = options;
        server = PageServer.builder()
                .page("", () -> page().html())
                .page("page.html", this::html)
                .events("events", this::send)
                .post("stop", request -> call(request, LiveRun::stop))
                .post("checkpoint", request -> call(request, LiveRun::writeCheckpoint))
                .start(options.port());
    }

    private static String resource(String name) {
        return HtmlPage.resource(LivePage.class, name);
    }

    @Override
    public URI uri() {
        return server.uri();
    }

    @Override
    public TrainingListener listener(String name) {
        LiveRun run = new LiveRun(Objects.requireNonNull(name, "name"), options.weights());
        runs.add(run);
        return run;
    }

    private HtmlPage page() {
        String title = Markup.escape(options.title());
        return new HtmlPage(title)
                .withCharts()
                .style(STYLE)
                .allow("connect-src", "'self'")
                .body(BODY.replace("{title}", title))
                .script(SCRIPT);
    }

    @Override
    public String html() {
        List<String> events = new ArrayList<>();
        for (int number = 0; number < runs.size(); number++) {
            for (Event event : runs.get(number).changes(number, new LiveRun.Cursor())) {
                events.add("{\"name\":\"" + event.name() + "\",\"data\":" + event.json() + "}");
            }
        }
        return page().data("data", "[" + String.join(",", events) + "]").html();
    }

    @Override
    public void write(Path file) {
        byte[] bytes = html().getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> out.write(bytes));
    }

    @Override
    public void close() {
        server.close();
    }

    private String call(JsonValue request, Consumer<LiveRun> action) {
        int number = (int) request.member("run").integer(0, runs.size() - 1L);
        action.accept(runs.get(number));
        return "{}";
    }

    /** Sends what is new, again and again, and once more when the server closes. */
    private void send(EventStream events) throws IOException, InterruptedException {
        Map<LiveRun, LiveRun.Cursor> cursors = new HashMap<>();
        boolean isLast = false;
        for (int quiet = 0; ; quiet++) {
            for (int number = 0; number < runs.size(); number++) {
                LiveRun run = runs.get(number);
                for (Event event : run.changes(number, cursors.computeIfAbsent(run, key -> new LiveRun.Cursor()))) {
                    events.send(event.name(), event.json());
                    quiet = 0;
                }
            }
            if (isLast) {
                return;
            }
            if (quiet == QUIET) {
                events.ping();
                quiet = 0;
            }
            isLast = events.closesWithin(MILLIS);
        }
    }
}
