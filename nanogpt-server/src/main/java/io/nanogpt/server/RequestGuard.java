package io.nanogpt.server;

import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Refuses requests by their heads, before their bodies are read: those that are not HTTP, too large, not allowed or too
 * many. What a refused client still sends is discarded for a short time, so that it gets the answer.
 */
// A write that fails closes the connection, which is all that is done about it.
@SuppressWarnings("FutureReturnValueIgnored")
final class RequestGuard extends ChannelInboundHandlerAdapter {
    /** What a refused client may still send. */
    private static final long LINGERING_BYTES = 16 << 20;

    private static final Duration LINGERING = Duration.ofSeconds(2);

    private final ServerState server;
    private final AccessRule access;
    private final Connection connection;
    private boolean refused;
    private long discarded;

    RequestGuard(ServerState server, AccessRule access, Connection connection) {
        this.server = server;
        this.access = access;
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!refused && message instanceof HttpRequest request) {
            try {
                check(request);
                connection.begins(context);
            } catch (ApiError e) {
                ReferenceCountUtil.release(message);
                server.metrics().ended(Route.of(request.uri()), e.status(), 0);
                refuse(context, e);
                return;
            }
        }
        if (refused) {
            discard(context, message);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void discard(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBufHolder holder) {
            discarded += holder.content().readableBytes();
        }
        ReferenceCountUtil.release(message);
        if (discarded > LINGERING_BYTES) {
            context.close();
        }
    }

    private void check(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            throw undecodable(request.decoderResult().cause());
        }
        Route route = Route.of(request.uri());
        if (server.isDraining() && route != Route.HEALTH && route != Route.METRICS) {
            throw ApiError.unavailable("the server is shutting down", "shutting_down");
        }
        access.check(route, request.headers());
        requireRoute(route, request.method());
        long most = server.settings().limits().maxBodyBytes();
        if (HttpUtil.getContentLength(request, 0L) > most) {
            throw tooLarge(most);
        }
    }

    private static void requireRoute(Route route, HttpMethod method) {
        if (route == Route.UNKNOWN) {
            throw ApiError.refused(
                    404, "there is no such path; see docs/server.md for those that there are", "unknown_url");
        }
        boolean allowed = route.isPost()
                ? method.equals(HttpMethod.POST)
                : method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        if (!allowed) {
            throw ApiError.refused(
                    405,
                    route.path() + " is asked for with " + (route.isPost() ? "POST" : "GET"),
                    "method_not_allowed");
        }
    }

    private static ApiError undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpHeaderException) {
            return ApiError.refused(431, "the headers of the request are too large", "headers_too_large");
        }
        if (cause instanceof TooLongHttpLineException) {
            return ApiError.refused(414, "the first line of the request is too long", "url_too_long");
        }
        return ApiError.badRequest("the request is not HTTP 1.1");
    }

    static ApiError tooLarge(long most) {
        return ApiError.refused(413, "the body of a request must have at most " + most + " bytes", "body_too_large");
    }

    /** Answers with an error, and closes the connection once the client has had the time to read it. */
    void refuse(ChannelHandlerContext context, ApiError error) {
        refused = true;
        byte[] body = Json.write(error.body());
        FullHttpResponse response = Exchange.response(error.status(), Exchange.JSON, body);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        Exchange.setHeaders(response.headers(), error);
        context.writeAndFlush(response).addListener(written -> {
            if (written.isSuccess() && context.channel() instanceof SocketChannel socket) {
                socket.shutdownOutput();
            } else {
                context.close();
            }
        });
        context.executor().schedule(() -> context.close(), LINGERING.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A connection that broke, or a timeout of writing; bugs are caught and logged where requests are answered.
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
