package io.nanogpt.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The page to try models in. Its one script and one style are allowed by their hashes, and nothing else is. */
final class Page {
    private static final String FILE = "page.html";

    private final byte[] html;
    private final String policy;

    private Page(String html) {
        this.html = html.getBytes(StandardCharsets.UTF_8);
        policy = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'; script-src " + hash(html, "script") + "; style-src " + hash(html, "style");
    }

    static Page read() {
        try (InputStream file = Page.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException("the jar of nanogpt-server lacks " + FILE);
            }
            return new Page(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FILE + " of the jar of nanogpt-server", e);
        }
    }

    /** The hash of the content of an element, as a content security policy has it. */
    private static String hash(String html, String element) {
        int begin = html.indexOf("<" + element + ">") + element.length() + 2;
        String content = html.substring(begin, html.indexOf("</" + element + ">", begin));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    void answer(Exchange exchange) {
        exchange.answer(200, "text/html; charset=utf-8", html, headers -> {
            headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, policy);
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cross-Origin-Opener-Policy", "same-origin");
        });
    }
}
