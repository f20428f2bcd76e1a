package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.chart.Chart;
import io.nanogpt.impl.chart.Mark.Box;
import io.nanogpt.impl.chart.Mark.Text;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Checks that hold for every chart: complete, legible and deterministic. */
final class DrawnScenes {
    private DrawnScenes() {}

    /** Checks a chart and returns its texts. */
    static List<String> check(Chart chart, Path folder) throws IOException {
        Scene scene = ((DrawnChart) chart).scene();
        checkTexts(scene);
        assertThat(chart.svg()).isEqualTo(chart.svg()).doesNotContain("NaN").doesNotContain("Infinity");
        chart.writeSvg(folder.resolve("chart.svg"));
        assertThat(folder.resolve("chart.svg")).hasContent(chart.svg());
        checkImage(chart, scene, folder.resolve("chart.png"));
        return texts(parse(chart.svg()), "text");
    }

    private static void checkTexts(Scene scene) {
        List<Text> texts = scene.marks().stream()
                .filter(mark -> mark instanceof Text text && !text.text().equals("×"))
                .map(Text.class::cast)
                .toList();
        for (Text text : texts) {
            Box box = text.box();
            assertThat(box.left()).as(text.text()).isGreaterThanOrEqualTo(0);
            assertThat(box.top()).as(text.text()).isGreaterThanOrEqualTo(0);
            assertThat(box.right()).as(text.text()).isLessThanOrEqualTo(scene.width());
            assertThat(box.bottom()).as(text.text()).isLessThanOrEqualTo(scene.height());
        }
        for (int i = 0; i < texts.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(overlap(texts.get(i).box(), texts.get(j).box()))
                        .as("%s over %s", texts.get(i), texts.get(j))
                        .isFalse();
            }
        }
    }

    /** Boxes of adjacent lines may touch, since letters seldom fill them. */
    private static boolean overlap(Box a, Box b) {
        double slack = 2;
        return a.left() + slack < b.right()
                && b.left() + slack < a.right()
                && a.top() + slack < b.bottom()
                && b.top() + slack < a.bottom();
    }

    private static void checkImage(Chart chart, Scene scene, Path file) throws IOException {
        chart.writePng(file);
        byte[] bytes = Files.readAllBytes(file);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
        assertThat(image.getWidth()).isEqualTo((int) Math.ceil(2 * scene.width()));
        assertThat(image.getHeight()).isEqualTo((int) Math.ceil(2 * scene.height()));
        long colors = Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .distinct()
                .count();
        assertThat(colors).isGreaterThan(20);
    }

    /** Reads XML, which must be well-formed. */
    static Document parse(String xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
        } catch (ParserConfigurationException | SAXException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static List<String> texts(Document document, String element) {
        NodeList nodes = document.getElementsByTagName(element);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }
}
