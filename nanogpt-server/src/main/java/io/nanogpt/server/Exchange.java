package io.nanogpt.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A request that is being answered. Methods whose comment does not say otherwise are called by the event loop of its
 * connection.
 */
// A write that fails closes the connection, which is all that is done about it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Exchange {
    static final String JSON = "application/json";
    private static final Logger LOGGER = System.getLogger(Exchange.class.getPackageName());
    private static final String EVENTS = "text/event-stream; charset=utf-8";
    private static final int LOGGED_FRAMES = 8;
    private static final byte[] PREFIX = {'d', 'a', 't', 'a', ':', ' '};
    private static final byte[] SUFFIX = {'\n', '\n'};

    private final ChannelHandlerContext context;
    private final ServerState server;
    private final Runnable afterwards;
    private final Route route;
    private final boolean withoutBody;
    private final boolean chunked;
    private final boolean keepAlive;
    private final long begin = System.nanoTime();
    private Runnable writable = () -> {};
    private Runnable abandoned = () -> {};
    private boolean streaming;
    private boolean ended;

    /**
     * Begins an exchange.
     *
     * @param afterwards is run when the connection may have the next request
     */
    Exchange(ChannelHandlerContext context, ServerState server, HttpRequest request, Runnable afterwards) {
        this.context = context;
        this.server = server;
        this.afterwards = afterwards;
        route = Route.of(request.uri());
        withoutBody = request.method().equals(HttpMethod.HEAD);
        chunked = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        keepAlive = chunked && HttpUtil.isKeepAlive(request);
        server.begin();
    }

    Route route() {
        return route;
    }

    /** Nanoseconds since the request was whole. */
    long nanoseconds() {
        return System.nanoTime() - begin;
    }

    /** Has an action run by the event loop, from any thread. */
    void execute(Runnable action) {
        context.executor().execute(action);
    }

    /** Has an action run by the event loop after some time, from any thread. */
    Future<?> schedule(Runnable action, Duration after) {
        return context.executor().schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Sets what happens when more can be written, and when the client is gone. */
    void listen(Runnable whenWritable, Runnable whenAbandoned) {
        writable = whenWritable;
        abandoned = whenAbandoned;
        if (ended) {
            whenAbandoned.run();
        }
    }

    /** Whether more should be written now. */
    boolean isWritable() {
        return context.channel().isWritable();
    }

    void onWritable() {
        writable.run();
    }

    /** The client is gone. */
    void abandon() {
        if (!ended) {
            ended = true;
            server.metrics().abandoned();
            server.end();
            abandoned.run();
        }
    }

    /** Answers as a whole. */
    void answer(int status, String type, byte[] body) {
        answer(status, type, body, headers -> {});
    }

    /** Answers as a whole, with more headers. */
    void answer(int status, String type, byte[] body, Consumer<HttpHeaders> more) {
        if (ended) {
            return;
        }
        FullHttpResponse response = response(status, type, withoutBody ? new byte[0] : body);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        more.accept(response.headers());
        boolean goOn = keepAlive && !server.isDraining();
        setConnection(response, goOn);
        context.write(response);
        end(status, goOn);
    }

    /** Answers with an error, from any thread. */
    void fail(Throwable thrown) {
        ApiError error = ApiError.of(thrown);
        if (error.status() == 500) {
            log(thrown);
        }
        if (context.executor().inEventLoop()) {
            fail(error);
        } else {
            execute(() -> fail(error));
        }
    }

    private void fail(ApiError error) {
        if (!streaming) {
            answer(error.status(), JSON, Json.write(error.body()), headers -> setHeaders(headers, error));
        } else if (!ended) {
            // The status is sent already: the client reads the error in the stream, which then breaks off.
            send(Json.write(error.body()));
            end(error.status(), false);
        }
    }

    /** The class of an exception and where it was thrown; its message may hold a part of a prompt. */
    private void log(Throwable thrown) {
        StringBuilder text =
                new StringBuilder("a request to ").append(route.path()).append(" failed: ");
        text.append(thrown.getClass().getName());
        Arrays.stream(thrown.getStackTrace())
                .limit(LOGGED_FRAMES)
                .forEach(frame -> text.append("\n    at ").append(frame));
        LOGGER.log(Level.ERROR, text.toString());
    }

    /** Sends an event of a stream, and before the first one its head. */
    void send(byte[] data) {
        if (ended) {
            return;
        }
        if (!streaming) {
            streaming = true;
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            setCommon(head.headers(), EVENTS);
            if (chunked) {
                HttpUtil.setTransferEncodingChunked(head, true);
            }
            setConnection(head, keepAlive);
            context.write(head);
        }
        ByteBuf event = context.alloc().buffer(PREFIX.length + data.length + SUFFIX.length);
        event.writeBytes(PREFIX).writeBytes(data).writeBytes(SUFFIX);
        context.write(new DefaultHttpContent(event));
    }

    void flush() {
        context.flush();
    }

    /** Ends a stream. */
    void endStream() {
        if (!ended) {
            context.write(LastHttpContent.EMPTY_LAST_CONTENT);
            end(HttpResponseStatus.OK.code(), keepAlive);
        }
    }

    private void end(int status, boolean goOn) {
        ended = true;
        server.metrics().ended(route, status, nanoseconds());
        server.end();
        if (goOn) {
            context.flush();
            afterwards.run();
        } else {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Makes an answer. */
    static FullHttpResponse response(int status, String type, byte[] body) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
        setCommon(response.headers(), type);
        return response;
    }

    /** Sets the headers of an error beside its body. */
    static void setHeaders(HttpHeaders headers, ApiError error) {
        if (error.isTemporary()) {
            headers.set(HttpHeaderNames.RETRY_AFTER, 1);
        }
        if (error.status() == HttpResponseStatus.UNAUTHORIZED.code()) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
    }

    private static void setCommon(HttpHeaders headers, String type) {
        headers.set(HttpHeaderNames.CONTENT_TYPE, type);
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
    }

    private static void setConnection(HttpResponse response, boolean keepAlive) {
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }
}
