package io.nanogpt.impl.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

@Tag("any-jdk")
class HtmlPageTest {
    @Test
    void thePolicyAllowsTheScriptsOfThePageAndNoOthers() throws Exception {
        String html = new HtmlPage("title")
                .script("console.log(1 < 2 && a[b[0]]>c)")
                .data("data", "{}")
                .html();

        Matcher script =
                Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL).matcher(html);
        assertThat(script.find()).isTrue();
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(script.group(1).getBytes(StandardCharsets.UTF_8));
        assertThat(html)
                .contains("default-src 'none'")
                .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'\"");
    }

    @Test
    void dataCannotEndItsElement() throws Exception {
        String json = "{\"text\":\"</script><script>alert(1)</script>&amp;]]>\"}";
        String html = new HtmlPage("title").data("data", json).html();

        assertThat(html).doesNotContain("alert(1)</script>");
        assertThat(parsed(html).getElementsByTagName("script").item(0).getTextContent())
                .isEqualTo("{\"text\":\"\\u003c/script\\u003e\\u003cscript\\u003ealert(1)\\u003c/script\\u003e"
                        + "\\u0026amp;]]\\u003e\"}");
    }

    @Test
    void scriptsFindTheData() {
        String html = new HtmlPage("title").script("run()").data("data", "{}").html();
        assertThat(html.indexOf("id=\"data\"")).isPositive().isLessThan(html.indexOf("run()"));
    }

    @Test
    void aPageIsWellFormed() throws Exception {
        Document page = parsed(new HtmlPage("title &amp; more")
                .style("main > p { color: red }")
                .script("if (1 < 2 && 3 > 2) { a[b[0]]>c }")
                .body("<main><h1>heading</h1></main>")
                .html());

        assertThat(page.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("title & more");
        assertThat(page.getElementsByTagName("script").item(0).getTextContent()).contains("1 < 2 && 3 > 2");
    }

    @Test
    void aScriptThatWouldEndItsElementIsRefused() {
        assertThatThrownBy(() -> new HtmlPage("title").script("'</script>'"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Document parsed(String html) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html.replace("<!DOCTYPE html>", ""))));
    }
}
