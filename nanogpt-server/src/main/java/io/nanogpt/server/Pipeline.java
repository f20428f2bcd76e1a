package io.nanogpt.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;

/** Sets up a new connection. */
final class Pipeline extends ChannelInitializer<SocketChannel> {
    /** Seconds within which a client must take what was written, or the system must for it. */
    private static final int WRITE_SECONDS = 30;

    private static final int FIRST_LINE_BYTES = 8 << 10;
    private static final int HEADER_BYTES = 32 << 10;

    private final ServerState server;
    private final AccessRule access;
    private final Router router;

    Pipeline(ServerState server, AccessRule access, Router router) {
        this.server = server;
        this.access = access;
        this.router = router;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        Connection connection = new Connection(server, router);
        RequestGuard guard = new RequestGuard(server, access, connection);
        channel.pipeline()
                .addLast(new WriteTimeoutHandler(WRITE_SECONDS))
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(FIRST_LINE_BYTES)
                        .setMaxHeaderSize(HEADER_BYTES)))
                .addLast(guard)
                .addLast(new Body(server.settings().limits().maxBodyBytes(), guard))
                .addLast(connection);
    }

    /** Gathers the body of a request, up to a limit. */
    private static final class Body extends HttpObjectAggregator {
        private final int most;
        private final RequestGuard guard;

        Body(int most, RequestGuard guard) {
            super(most);
            this.most = most;
            this.guard = guard;
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage message) {
            guard.refuse(context, RequestGuard.tooLarge(most));
        }
    }
}
