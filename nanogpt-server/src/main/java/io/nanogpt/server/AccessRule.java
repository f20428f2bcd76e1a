package io.nanogpt.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is answered: those with the key, if there is one, and no web page of others. A page can send requests to a server
 * on the loopback interface by its address, which its origin betrays, and under a name of its own that resolves to that
 * address, which the host header betrays.
 */
final class AccessRule {
    private static final String BEARER = "Bearer ";
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    /** The page asks for the key, and whoever watches the process needs none. */
    private static final Set<Route> WITHOUT_KEY = Set.of(Route.PAGE, Route.HEALTH);

    private final boolean onlyLoopback;
    private final String host;
    private final byte @Nullable [] key;

    /**
     * Creates a rule.
     *
     * @param bound the address that the server listens at
     */
    AccessRule(InetAddress bound, String host, Optional<String> key) {
        onlyLoopback = bound.isLoopbackAddress();
        this.host = bracketed(host).toLowerCase(Locale.ROOT);
        this.key = key.map(AccessRule::hash).orElse(null);
    }

    /** An address of version 6 as it stands in a URL. */
    static String bracketed(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /**
     * Checks the head of a request.
     *
     * @throws ApiError if it is refused
     */
    void check(Route route, HttpHeaders headers) {
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (onlyLoopback && (hosts.size() != 1 || !isOurs(hosts.get(0)))) {
            throw ApiError.refused(
                    403,
                    "the host header of the request must name the address of this server, such as localhost",
                    "host_not_allowed");
        }
        for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
            if (hosts.size() != 1 || !isOf(origin, hosts.get(0))) {
                throw ApiError.refused(403, "web pages of other origins may not use this server", "origin_not_allowed");
            }
        }
        if (key != null && !WITHOUT_KEY.contains(route) && !hasKey(headers)) {
            throw ApiError.refused(
                    401,
                    "the request has no key or a wrong one; send the header Authorization: Bearer KEY",
                    "invalid_api_key");
        }
    }

    private boolean isOurs(String header) {
        int colon = header.lastIndexOf(':');
        boolean hasPort = colon > header.lastIndexOf(']');
        String name = (hasPort ? header.substring(0, colon) : header).toLowerCase(Locale.ROOT);
        return LOOPBACK_NAMES.contains(name) || name.equals(host);
    }

    private static boolean isOf(String origin, String host) {
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }

    private boolean hasKey(HttpHeaders headers) {
        String header = headers.get(HttpHeaderNames.AUTHORIZATION);
        // Equal lengths of hashes: the time of the comparison depends on nothing of the key.
        return header != null
                && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && MessageDigest.isEqual(key, hash(header.substring(BEARER.length())));
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
