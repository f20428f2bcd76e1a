package io.nanogpt.impl.inspect.explorer;

import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.page.HtmlPage;
import java.util.List;

/** The page and its scripts, which are the same for both forms. */
final class ExplorerPage {
    /** The scripts of the page. */
    static final List<String> SCRIPTS = List.of(
            "main.js",
            "dom.js",
            "tokens.js",
            "predictions.js",
            "sampling.js",
            "attention.js",
            "lens.js",
            "embeddings.js",
            "served.js",
            "folder.js",
            "tokenizers.js");

    /** Where the data of the page come from. */
    enum Form {
        /** From the server of the page. */
        SERVED,
        /** From a model that runs in the browser. */
        FOLDER
    }

    private ExplorerPage() {}

    /** The document. */
    static String html(String name, Form form) {
        HtmlPage page = new HtmlPage("Explore " + escaped(name))
                .style(HtmlPage.resource(ExplorerPage.class, "explorer.css"))
                .allow("script-src", "'self'")
                .allow("connect-src", "'self'")
                .data("explorer", "{\"name\":" + Json.quoted(name) + ",\"form\":\"" + form + "\"}")
                .body(HtmlPage.resource(ExplorerPage.class, "explorer.html"));
        if (form == Form.FOLDER) {
            page.allow("script-src", "'wasm-unsafe-eval'");
        }
        return page.body("<script type=\"module\" src=\"main.js\"></script>\n").html();
    }

    static byte[] script(String name) {
        return HtmlPage.bytes(ExplorerPage.class, name);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
