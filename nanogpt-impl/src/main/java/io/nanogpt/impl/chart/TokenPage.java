package io.nanogpt.impl.chart;

import io.nanogpt.chart.TokenComparison;
import io.nanogpt.chart.TokenComparison.Column;
import io.nanogpt.impl.page.HtmlPage;
import io.nanogpt.impl.page.Markup;
import io.nanogpt.tokenizer.EncodingSpeed;
import io.nanogpt.tokenizer.TokenizedText;
import io.nanogpt.tokenizer.TokenizedText.Piece;
import java.util.List;
import java.util.Locale;

/** The tokens of a text by one or more tokenizers, as one HTML page. */
final class TokenPage {
    private static final String STYLE = HtmlPage.resource(TokenPage.class, "tokens.css");
    private static final int COLORS = 5;
    /** Further tokens are counted, but not shown, so that a browser can still show the page. */
    private static final int MOST = 20_000;

    private static final double GIGABYTE = 1e9;

    private final Html html = new Html();

    private TokenPage() {}

    static String of(TokenComparison comparison) {
        if (comparison.columns().isEmpty()) {
            throw new IllegalStateException("there is no tokenizer to show; add one by with(name, tokenizer)");
        }
        return new TokenPage().page(comparison);
    }

    private String page(TokenComparison comparison) {
        html.markup("<main>\n<header>\n").element("h1", "Tokens");
        html.markup("<p>")
                .text(String.format(
                        Locale.ROOT,
                        "A text of %,d bytes; each colour is a token, with its id below.",
                        comparison.columns().get(0).tokens().bytes()))
                .markup("</p>\n</header>\n<div>\n<input type=\"checkbox\" class=\"plain\" id=\"plain\"/> ")
                .markup("<label class=\"switch\" for=\"plain\">without ids</label>\n<div class=\"sides\">\n");
        comparison.columns().forEach(this::side);
        html.markup("</div>\n</div>\n</main>\n");
        return new HtmlPage("Tokens").style(STYLE).body(html.toString()).html();
    }

    private void side(Column column) {
        TokenizedText tokens = column.tokens();
        html.markup("<section class=\"card side\">\n").element("h2", VisibleText.line(column.name()));
        html.markup("<dl class=\"facts\">\n");
        fact("vocabulary", String.format(Locale.ROOT, "%,d ids", column.vocabularySize()));
        fact("tokens", String.format(Locale.ROOT, "%,d", tokens.pieces().size()));
        fact("bytes per token", Texts.rounded("%.3f", tokens.bytesPerToken()));
        column.speed().ifPresent(this::speed);
        html.markup("</dl>\n<ol class=\"tokens\">\n");
        List<Piece> pieces = tokens.pieces();
        for (int i = 0; i < Math.min(MOST, pieces.size()); i++) {
            piece(pieces.get(i), i % COLORS);
        }
        html.markup("</ol>\n");
        if (pieces.size() > MOST) {
            html.markup("<p class=\"soft\">")
                    .text(String.format(Locale.ROOT, "The first %,d of %,d tokens.", MOST, pieces.size()))
                    .markup("</p>\n");
        }
        html.markup("</section>\n");
    }

    private void speed(EncodingSpeed speed) {
        fact(
                "speed",
                String.format(
                        Locale.ROOT,
                        "%.1f MB/s with %d %s, the text over and over",
                        speed.megabytesPerSecond(),
                        speed.threads(),
                        speed.threads() == 1 ? "thread" : "threads"));
        fact("a text of 1 GB", Texts.duration(speed.secondsFor(GIGABYTE)));
    }

    private void fact(String name, String value) {
        html.markup("<dt>" + Markup.escape(name) + "</dt><dd>").text(value).markup("</dd>\n");
    }

    private void piece(Piece piece, int color) {
        String label = VisibleText.shortened(VisibleText.token(piece.text()));
        html.markup("<li class=\"c" + color + (piece.isSpecial() ? " special\">" : "\">"))
                .markup("<span>")
                .text(label)
                .markup("</span><small>" + piece.id() + "</small></li>\n");
        if (piece.text().indexOf('\n') >= 0) {
            html.markup("<li class=\"end\" aria-hidden=\"true\"></li>\n");
        }
    }
}
