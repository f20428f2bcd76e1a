package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Every block of XML in the documentation is well-formed, and has the artifacts and versions of this build. */
@Tag("any-jdk")
class XmlSnippetTest {
    private static final Set<String> ARTIFACTS =
            Set.of("nanogpt-api", "nanogpt-impl", "nanogpt-native", "nanogpt-server", "nanogpt-bom");
    private static final Element BUILD = parse(Documentation.read(Path.of("pom.xml")));

    private static final Pattern COMMENTED_OUT = Pattern.compile("<!--[^<>]*\\n(.*?)-->", Pattern.DOTALL);

    /** The properties of the build that hold the versions of artifacts which the documentation names. */
    private static final Map<String, String> VERSIONS = Map.of(
            "onnxruntime", "onnxruntime.version",
            "pytorch-engine", "djl.version",
            "pytorch-native-cpu", "djl.pytorch.version",
            "spring-boot-starter-parent", "spring-boot.version");

    @TestFactory
    Stream<DynamicTest> everyBlockHasTheVersionsOfTheBuild() {
        return blocks().map(snippet -> DynamicTest.dynamicTest(snippet.place(), () -> {
            List<Element> coordinates = coordinates(snippet);
            // A plugin's configuration has none.
            assertThat(coordinates.isEmpty()).isEqualTo(!snippet.code().contains("<artifactId>"));
            coordinates.forEach(XmlSnippetTest::assertKnown);
        }));
    }

    @Test
    void readmeAndTutorialHaveACompletePom() {
        List<Element> projects = blocks().map(Snippet::code)
                .filter(code -> code.startsWith("<project"))
                .map(XmlSnippetTest::parse)
                .toList();
        assertThat(projects).hasSize(2).allSatisfy(project -> {
            assertThat(project.getNamespaceURI()).isEqualTo("http://maven.apache.org/POM/4.0.0");
            assertThat(text(project, "modelVersion")).isEqualTo("4.0.0");
            assertThat(List.of("groupId", "artifactId", "version"))
                    .allSatisfy(name -> assertThat(text(project, name)).isNotBlank());
            assertThat(elements(project, "dependency"))
                    .anySatisfy(dependency ->
                            assertThat(text(dependency, "artifactId")).isEqualTo("nanogpt-impl"));
        });
    }

    private static void assertKnown(Element coordinate) {
        String artifact = text(coordinate, "artifactId");
        String version = text(coordinate, "version");
        if (text(coordinate, "groupId").equals("io.nanogpt")) {
            assertThat(ARTIFACTS).contains(artifact);
            assertThat(version).as(artifact).isIn("", text(BUILD, "version"));
        } else if (VERSIONS.containsKey(artifact)) {
            assertThat(version).as(artifact).isEqualTo(property(VERSIONS.get(artifact)));
        } else if (artifact.equals("pytorch-jni")) {
            assertThat(version).isEqualTo(property("djl.pytorch.version") + "-" + property("djl.version"));
        } else {
            assertThat(version)
                    .as("%s has a version, so it needs a line in VERSIONS", artifact)
                    .isEmpty();
        }
    }

    private static Stream<Snippet> blocks() {
        return Documentation.markdown().stream().flatMap(file -> Documentation.fenced(file, "xml").stream());
    }

    /** Dependencies and parents, those in comments included. A block may be a part of a file, with several roots. */
    private static List<Element> coordinates(Snippet snippet) {
        String all = COMMENTED_OUT.matcher(snippet.code()).replaceAll("$1");
        Element root = parse("<block>" + all + "</block>");
        List<Element> elements = new ArrayList<>(elements(root, "dependency"));
        elements.addAll(elements(root, "parent"));
        return elements;
    }

    private static Element parse(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            return factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)))
                    .getDocumentElement();
        } catch (Exception e) {
            throw new AssertionError(e.getMessage() + " in: " + xml, e);
        }
    }

    private static List<Element> elements(Element root, String name) {
        NodeList nodes = root.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static String property(String name) {
        return elements(BUILD, name).get(0).getTextContent();
    }

    /** The text of a child, or nothing where there is none. */
    private static String text(Element parent, String name) {
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                return element.getTextContent().strip();
            }
        }
        return "";
    }
}
