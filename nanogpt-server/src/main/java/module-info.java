/** Serves language models over HTTP, in the protocol of OpenAI. */
module io.nanogpt.server {
    requires transitive io.nanogpt.api;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;

    exports io.nanogpt.server;
}
