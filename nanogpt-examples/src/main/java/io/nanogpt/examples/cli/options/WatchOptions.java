package io.nanogpt.examples.cli.options;

import io.nanogpt.chart.LiveOptions;
import io.nanogpt.chart.LiveReport;
import io.nanogpt.chart.Report;
import io.nanogpt.examples.cli.console.Heading;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the page that follows runs. */
@Heading("Logs and samples")
public final class WatchOptions {
    /** The names, which are no settings of a run. */
    public static final Set<String> NAMES = Set.of("watch", "watch-weights", "watch-out");

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "0",
            paramLabel = "PORT",
            description = "serve a page on this machine that follows the run (default port: any free one)")
    private @Nullable Integer port;

    @Option(names = "--watch-weights", description = "show histograms of the weights on that page, at every evaluation")
    private boolean weights;

    @Option(
            names = "--watch-out",
            paramLabel = "FILE",
            description = "page to write at the end, with what --watch shows: FILE.html")
    private @Nullable Path file;

    /** An open page, which is written and closed at the end; there is nothing to do if it was not asked for. */
    public final class Watch implements AutoCloseable {
        private final Optional<LiveReport> page;

        private Watch(Optional<LiveReport> page) {
            this.page = page;
        }

        /** The page, if one was asked for. */
        public Optional<LiveReport> page() {
            return page;
        }

        /** Writes the page as a file, if that was asked for, and ends its server. */
        @Override
        public void close() {
            page.ifPresent(live -> {
                try (live) {
                    if (file != null) {
                        live.write(file);
                    }
                }
            });
        }
    }

    /**
     * Opens the page and prints its address.
     *
     * @param title of the page
     * @throws IllegalArgumentException if an option needs one that is missing
     */
    public Watch open(String title, PrintWriter err) {
        if (port == null && file == null) {
            if (weights) {
                throw new IllegalArgumentException("--watch-weights needs --watch or --watch-out");
            }
            return new Watch(Optional.empty());
        }
        if (port != null && (port < 0 || port > 65535)) {
            throw new IllegalArgumentException("--watch must be a port from 0 to 65535, but is " + port);
        }
        LiveReport live = Report.live(LiveOptions.defaults()
                .withTitle(title)
                .withPort(port == null ? 0 : port)
                .withWeights(weights));
        if (port != null) {
            err.println("watch at " + live.uri());
            err.flush();
        }
        return new Watch(Optional.of(live));
    }
}
