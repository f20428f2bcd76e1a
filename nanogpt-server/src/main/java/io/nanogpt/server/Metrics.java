package io.nanogpt.server;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts and times of requests, as Prometheus reads them. */
final class Metrics {
    private static final double NANOSECONDS = 1e9;

    private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder completionTokens = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final Histogram duration =
            new Histogram("nanogpt_request_duration_seconds", "Time from the whole request to the end of its answer.");
    private final Histogram firstToken =
            new Histogram("nanogpt_first_token_seconds", "Time from the whole request to the first token of its text.");

    /** Counts a request whose answer ended. */
    void ended(Route route, int status, long nanoseconds) {
        requests.computeIfAbsent("route=\"" + route.path() + "\",status=\"" + status + "\"", key -> new LongAdder())
                .increment();
        duration.add(nanoseconds / NANOSECONDS);
    }

    /** Counts a request whose client went away before its answer ended. */
    void abandoned() {
        abandoned.increment();
    }

    void firstToken(long nanoseconds) {
        firstToken.add(nanoseconds / NANOSECONDS);
    }

    void tokens(long prompt, long completion) {
        promptTokens.add(prompt);
        completionTokens.add(completion);
    }

    /** The text that Prometheus reads. */
    String text(int active, int connections) {
        StringBuilder text = new StringBuilder();
        head(text, "nanogpt_requests_total", "counter", "Requests that were answered.");
        requests.forEach((labels, count) -> line(text, "nanogpt_requests_total{" + labels + "}", count.sum()));
        head(text, "nanogpt_requests_abandoned_total", "counter", "Requests whose client went away.");
        line(text, "nanogpt_requests_abandoned_total", abandoned.sum());
        head(text, "nanogpt_requests_active", "gauge", "Requests that are being answered.");
        line(text, "nanogpt_requests_active", active);
        head(text, "nanogpt_connections", "gauge", "Open connections.");
        line(text, "nanogpt_connections", connections);
        head(text, "nanogpt_tokens_total", "counter", "Tokens of prompts and texts.");
        line(text, "nanogpt_tokens_total{kind=\"prompt\"}", promptTokens.sum());
        line(text, "nanogpt_tokens_total{kind=\"completion\"}", completionTokens.sum());
        duration.write(text);
        firstToken.write(text);
        return text.toString();
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, long value) {
        text.append(name).append(' ').append(value).append('\n');
    }

    /** Times by size. */
    private static final class Histogram {
        private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300};

        private final String name;
        private final String help;
        /** Times up to each bound and above the one before, and those above all. */
        private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];

        private final DoubleAdder sum = new DoubleAdder();

        Histogram(String name, String help) {
            this.name = name;
            this.help = help;
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
            }
        }

        void add(double seconds) {
            int bucket = 0;
            while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]) {
                bucket++;
            }
            counts[bucket].increment();
            sum.add(seconds);
        }

        void write(StringBuilder text) {
            head(text, name, "histogram", help);
            long count = 0;
            for (int i = 0; i < BOUNDS.length; i++) {
                count += counts[i].sum();
                line(text, name + "_bucket{le=\"" + BOUNDS[i] + "\"}", count);
            }
            count += counts[BOUNDS.length].sum();
            line(text, name + "_bucket{le=\"+Inf\"}", count);
            text.append(String.format(Locale.ROOT, "%s_sum %.6f\n", name, sum.sum()));
            line(text, name + "_count", count);
        }
    }
}
