package io.nanogpt.impl.page;

import io.nanogpt.impl.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One HTML document with the common style sheet and a security policy that allows its own scripts alone. It is also
 * well-formed XML.
 */
public final class HtmlPage {
    /** uPlot formats numbers in the language of the browser, which in the locale POSIX has a name that is none. */
    private static final String KNOWN_LANGUAGE = """
            try {
              new Intl.NumberFormat(navigator.language);
            } catch (e) {
              Object.defineProperty(navigator, 'language', {value: 'en'});
            }
            """;

    private static final String STYLE = resource(HtmlPage.class, "style.css");

    private final String title;
    private final StringBuilder styles = new StringBuilder(STYLE);
    private final StringBuilder scripts = new StringBuilder();
    private final StringBuilder stored = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private final Map<String, Set<String>> policy = new LinkedHashMap<>();

    /**
     * Creates a page without content.
     *
     * @param title escaped for markup
     */
    public HtmlPage(String title) {
        this.title = title;
        allow("style-src", "'unsafe-inline'");
        allow("img-src", "data:");
        allow("base-uri", "'none'");
        allow("form-action", "'none'");
    }

    /** Reads a text beside a class. */
    public static String resource(Class<?> beside, String name) {
        return new String(bytes(beside, name), StandardCharsets.UTF_8);
    }

    /** Reads a file beside a class. */
    public static byte[] bytes(Class<?> beside, String name) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds to the common style sheet. */
    public HtmlPage style(String css) {
        styles.append(css);
        return this;
    }

    /** Adds a source to a directive of the content security policy, such as {@code script-src 'self'}. */
    public HtmlPage allow(String directive, String source) {
        policy.computeIfAbsent(directive, name -> new LinkedHashSet<>()).add(source);
        return this;
    }

    /** Adds a script at the end of the page. It must not contain {@code </script}. */
    public HtmlPage script(String javascript) {
        String content = "/*<![CDATA[*/" + javascript.replace("]]>", "]] >") + "/*]]>*/";
        if (content.contains("</script")) {
            throw new IllegalArgumentException("a script cannot contain </script");
        }
        allow("script-src", "'sha256-" + hash(content) + "'");
        scripts.append("<script>").append(content).append("</script>\n");
        return this;
    }

    /** Adds uPlot, the library for interactive charts, which defines {@code uPlot}. */
    public HtmlPage withCharts() {
        return style(resource(HtmlPage.class, "uplot/uPlot.min.css"))
                .script(KNOWN_LANGUAGE)
                .script(resource(HtmlPage.class, "uplot/uPlot.iife.min.js"));
    }

    /** Adds JSON that scripts find by its id, {@code JSON.parse(document.getElementById(id).textContent)}. */
    public HtmlPage data(String id, String json) {
        String safe = json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
        stored.append("<script type=\"application/json\" id=\"" + id + "\">")
                .append(safe)
                .append("</script>\n");
        return this;
    }

    /** Adds markup to the body. */
    public HtmlPage body(String markup) {
        body.append(markup);
        return this;
    }

    /** The document. */
    public String html() {
        StringBuilder rules = new StringBuilder("default-src 'none'");
        policy.forEach((directive, sources) ->
                rules.append("; ").append(directive).append(' ').append(String.join(" ", sources)));
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                + "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"" + rules + "\"/>\n"
                + "<title>" + title + "</title>\n<link rel=\"icon\" href=\"data:,\"/>\n<style>\n" + styles
                + "</style>\n</head>\n<body>\n" + body + stored + scripts + "</body>\n</html>\n";
    }

    private static String hash(String content) {
        String digits = Sha256.of(content.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(digits));
    }
}
