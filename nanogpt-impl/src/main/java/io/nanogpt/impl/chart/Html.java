package io.nanogpt.impl.chart;

import io.nanogpt.impl.page.Markup;
import java.util.List;

/** A builder of HTML that is also well-formed XML. All text is escaped. */
final class Html {
    private final StringBuilder out = new StringBuilder();

    /** A cell of a table, whose text is shortened. */
    record Cell(String text, boolean isNumber, boolean isBest) {
        Cell {
            text = VisibleText.shortened(text);
        }

        static Cell text(String text) {
            return new Cell(text, false, false);
        }

        static Cell number(String number) {
            return new Cell(number, true, false);
        }

        /** This cell, which is emphasized if it is the best of its column. */
        Cell best(boolean best) {
            return new Cell(text, isNumber, best);
        }
    }

    /** Appends trusted markup, unescaped. */
    Html markup(String markup) {
        out.append(markup);
        return this;
    }

    /** Appends a text; one with letters or marks of right-to-left scripts does not reorder what is around it. */
    Html text(String text) {
        String escaped = Markup.escape(text);
        out.append(VisibleText.isBidirectional(text) ? "<bdi>" + escaped + "</bdi>" : escaped);
        return this;
    }

    /** Appends an element with a text. */
    Html element(String name, String text) {
        return markup("<" + name + ">").text(text).markup("</" + name + ">\n");
    }

    /** Appends a table, whose rows become cards on narrow screens. */
    Html table(List<Cell> header, List<List<Cell>> rows) {
        markup("<div class=\"scroll\" tabindex=\"0\"><table class=\"cards\">\n<thead><tr>");
        for (Cell cell : header) {
            markup("<th" + side(cell) + ">").text(cell.text).markup("</th>");
        }
        markup("</tr></thead>\n<tbody>\n");
        for (List<Cell> row : rows) {
            markup("<tr>");
            for (int i = 0; i < row.size(); i++) {
                String name = Markup.escape(header.get(i).text);
                markup("<td" + side(header.get(i)) + " data-name=\"" + name + "\">")
                        .markup(row.get(i).isBest ? "<span class=\"best\">" : "<span>")
                        .text(row.get(i).text)
                        .markup("</span></td>");
            }
            markup("</tr>\n");
        }
        return markup("</tbody>\n</table></div>\n");
    }

    /** Appends names and values, shortened, as a table of two columns. */
    Html pairs(List<List<String>> pairs) {
        markup("<table>\n<tbody>\n");
        for (List<String> pair : pairs) {
            markup("<tr><th>")
                    .text(VisibleText.shortened(pair.get(0)))
                    .markup("</th><td class=\"v\">")
                    .text(VisibleText.shortened(pair.get(1)))
                    .markup("</td></tr>\n");
        }
        return markup("</tbody>\n</table>\n");
    }

    private static String side(Cell cell) {
        return cell.isNumber ? " class=\"n\"" : "";
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
