package io.nanogpt.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of a connection, one at a time. A client that sends the next request before it has its answer is
 * answered once, and then the connection is closed.
 */
// A write that fails closes the connection, which is all that is done about it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Connection extends ChannelInboundHandlerAdapter {
    /** Time without a request, and time for a whole request. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private static final Duration REQUEST = Duration.ofSeconds(30);

    private final ServerState server;
    private final Router router;
    private @Nullable Exchange current;
    private @Nullable Future<?> deadline;
    private boolean early;

    Connection(ServerState server, Router router) {
        this.server = server;
        this.router = router;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (server.connections().size() >= server.settings().limits().maxConnections()) {
            context.close();
            return;
        }
        server.connections().add(context.channel());
        closeAfter(context, IDLE);
    }

    /** The head of a request is there: its body must follow soon. */
    void begins(ChannelHandlerContext context) {
        if (current == null) {
            closeAfter(context, REQUEST);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof FullHttpRequest request) {
                read(context, request);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext context, FullHttpRequest request) {
        if (current != null) {
            early = true;
            return;
        }
        cancelDeadline();
        Exchange exchange = new Exchange(context, server, request, () -> next(context));
        current = exchange;
        if (exchange.route().isPost()) {
            router.post(exchange, ByteBufUtil.getBytes(request.content()));
        } else {
            router.get(exchange, request.uri());
        }
    }

    private void next(ChannelHandlerContext context) {
        current = null;
        if (early) {
            context.close();
        } else {
            closeAfter(context, IDLE);
        }
    }

    private void closeAfter(ChannelHandlerContext context, Duration time) {
        cancelDeadline();
        deadline = context.executor().schedule(() -> context.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null && context.channel().isWritable()) {
            current.onWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelDeadline();
        if (current != null) {
            current.abandon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A connection that broke, or a client that reads too slowly. What fails in an answer is caught there.
        context.close();
    }
}
