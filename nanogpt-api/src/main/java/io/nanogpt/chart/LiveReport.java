package io.nanogpt.chart;

import io.nanogpt.train.TrainingListener;
import java.net.URI;
import java.nio.file.Path;

/**
 * A page that follows training runs in a browser on the same machine: losses, learning rate, gradient norm, speed, time
 * left, samples and, by choice, histograms of the weights. Its buttons end a run after the current step or write a
 * checkpoint. {@link #html} is the same page as a file, which can still be explored without the program.
 *
 * <pre>{@code
 * try (LiveReport live = Report.live()) {
 *     System.out.println("watch at " + live.uri());
 *     GPT.builder().listener(live.listener("captions")).train(corpus);
 *     live.write(Path.of("captions.html"));
 * }
 * }</pre>
 *
 * <p>The server listens on the loopback interface alone; the address has a secret that is drawn anew each time. Of a long
 * run it keeps about 2000 points, means over equal numbers of steps. It is safe for use by several threads.
 */
public interface LiveReport extends AutoCloseable {
    /** Returns the address of the page, valid until {@link #close}. */
    URI uri();

    /**
     * Returns a listener for one run, which appears on the page when it starts. Several runs can go on at a time.
     *
     * @param name of the run on the page
     */
    TrainingListener listener(String name);

    /** Returns the page with what the runs have shown so far, as one HTML file without external resources. */
    String html();

    /**
     * Writes {@link #html()}.
     *
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    void write(Path file);

    /** Ends the server; open pages keep what they show. Runs go on. */
    @Override
    void close();
}
