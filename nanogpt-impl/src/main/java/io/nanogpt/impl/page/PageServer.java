package io.nanogpt.impl.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A server of pages for browsers on this machine. It listens on the loopback interface alone, every address begins with a
 * secret that is drawn at each start, and requests with another host or origin are refused. All threads are daemons.
 */
public final class PageServer implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(PageServer.class.getName());

    /** Threads for requests beside those of open event streams. */
    private static final int REQUEST_THREADS = 8;

    private static final int MOST_STREAMS = 16;
    /** For answers and streams that are under way when the server closes. */
    private static final int FAREWELL_SECONDS = 2;

    private static final int SECRET_BYTES = 16;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final Map<String, Route> gets;
    private final Map<String, Route> posts;
    private final String root;
    private final Semaphore streams = new Semaphore(MOST_STREAMS);
    private final HttpServer server;
    private final ExecutorService threads;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** The answer to a request that has passed all checks. */
    private interface Route {
        void answer(HttpExchange exchange) throws IOException, InterruptedException, PageRequestException;
    }

    private PageServer(Builder builder, int port) {
        Map<String, Route> all = new HashMap<>(builder.gets);
        builder.streams.forEach((path, source) -> all.put(path, exchange -> stream(exchange, source)));
        gets = Map.copyOf(all);
        posts = Map.copyOf(builder.posts);
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        root = "/" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "/";
        server = listen(port);
        AtomicInteger count = new AtomicInteger();
        threads = Executors.newFixedThreadPool(REQUEST_THREADS + MOST_STREAMS, task -> {
            Thread thread = new Thread(task, "nanogpt-page-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        startAsDaemon();
    }

    private static HttpServer listen(int port) {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
        } catch (BindException e) {
            throw new NanogptException(
                    "cannot serve a page on port " + port + ": " + e.getMessage()
                            + "; choose another port, or 0 for any free one",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot serve a page on port " + port + ": " + e.getMessage(), e);
        }
    }

    /** The thread that accepts connections inherits whether it is a daemon. */
    private void startAsDaemon() {
        Thread starter = new Thread(server::start, "nanogpt-page-start");
        starter.setDaemon(true);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // It starts all the same.
        }
    }

    /** Returns a builder of a server without pages. */
    public static Builder builder() {
        return new Builder();
    }

    /** The address of the page at the empty path, secret included; it ends with a slash. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + root);
    }

    /** Lets event streams send what is left, and ends all connections; further calls do nothing. */
    @Override
    public void close() {
        closing.countDown();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        server.stop(0);
    }

    private void handle(HttpExchange exchange) {
        try {
            try {
                RequestCheck.requireLocal(exchange.getRequestHeaders());
                route(exchange).answer(exchange);
            } catch (PageRequestException e) {
                send(exchange, e.status, "application/json", error(String.valueOf(e.getMessage())));
            } catch (NanogptException | IllegalArgumentException | IllegalStateException e) {
                send(exchange, 400, "application/json", error(String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                LOGGER.log(System.Logger.Level.WARNING, "a request of a page failed", e);
                send(exchange, 500, "application/json", error(e.toString()));
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "a page is gone: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The server is closed.
        } finally {
            exchange.close();
        }
    }

    private Route route(HttpExchange exchange) throws PageRequestException {
        String path = exchange.getRequestURI().getRawPath();
        if (path == null || !path.startsWith(root)) {
            throw new PageRequestException(404, "nothing here: open the whole address that was shown at the start");
        }
        String name = path.substring(root.length());
        String method = exchange.getRequestMethod();
        Route route = method.equals("GET") ? gets.get(name) : method.equals("POST") ? posts.get(name) : null;
        if (route == null) {
            boolean exists = gets.containsKey(name) || posts.containsKey(name);
            throw new PageRequestException(exists ? 405 : 404, exists ? "not by " + method : "no such page");
        }
        return route;
    }

    private static byte[] error(String message) {
        return ("{\"error\":" + Json.quoted(message) + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        headers(exchange, type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void headers(HttpExchange exchange, String type) {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type.startsWith("text/") ? type + "; charset=utf-8" : type);
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Content-Security-Policy", "frame-ancestors 'none'");
    }

    private void stream(HttpExchange exchange, EventStream.Source source)
            throws IOException, InterruptedException, PageRequestException {
        if (!streams.tryAcquire()) {
            throw new PageRequestException(503, "the page is open " + MOST_STREAMS + " times already; close one");
        }
        try {
            headers(exchange, "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                source.send(new WrittenEvents(out, closing));
            }
        } finally {
            streams.release();
        }
    }

    private record WrittenEvents(OutputStream out, CountDownLatch closing) implements EventStream {
        @Override
        public void send(String name, String json) throws IOException {
            write("event: " + name + "\ndata: " + json.replace("\r", "").replace("\n", "\ndata: ") + "\n\n");
        }

        @Override
        public void ping() throws IOException {
            write(":\n\n");
        }

        @Override
        public boolean closesWithin(long millis) throws InterruptedException {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    /** Builder of a server. Paths have no leading slash; the empty one is the page at {@link #uri}. */
    public static final class Builder {
        private final Map<String, Route> gets = new HashMap<>();
        private final Map<String, Route> posts = new HashMap<>();
        private final Map<String, EventStream.Source> streams = new HashMap<>();

        private Builder() {}

        /** Adds an HTML page, which is made anew for each request. */
        public Builder page(String path, Supplier<String> html) {
            return file(path, "text/html", () -> html.get().getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Adds a file.
         *
         * @param type its media type, such as {@code text/javascript}
         */
        public Builder file(String path, String type, Supplier<byte[]> bytes) {
            gets.put(path, exchange -> PageServer.send(exchange, 200, type, bytes.get()));
            return this;
        }

        /** Adds data in JSON. */
        public Builder get(String path, Supplier<String> json) {
            return file(path, "application/json", () -> json.get().getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Adds a call with a JSON value, whose answer is JSON. A {@link NanogptException},
         * {@link IllegalArgumentException} or {@link IllegalStateException} is answered as status 400 with
         * {@code {"error": message}}.
         */
        public Builder post(String path, Function<JsonValue, String> call) {
            posts.put(path, exchange -> {
                JsonValue value = JsonValue.parse(RequestCheck.json(exchange), "the request", "JSON");
                byte[] answer = call.apply(value).getBytes(StandardCharsets.UTF_8);
                PageServer.send(exchange, 200, "application/json", answer);
            });
            return this;
        }

        /** Adds a stream of events; 16 pages can have one at a time. */
        public Builder events(String path, EventStream.Source source) {
            streams.put(path, source);
            return this;
        }

        /**
         * Starts the server.
         *
         * @param port from 0 to 65535; 0 takes a free one
         * @throws NanogptException if the port is taken
         */
        public PageServer start(int port) {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("a port must be from 0 to 65535, but was " + port);
            }
            return new PageServer(this, port);
        }
    }
}
