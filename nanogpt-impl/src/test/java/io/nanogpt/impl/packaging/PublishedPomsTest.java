package io.nanogpt.impl.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The POMs of the artifacts that are deployed. */
@Tag("any-jdk")
class PublishedPomsTest {
    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    @Test
    void theBomManagesTheDeployedArtifactsAlone() throws Exception {
        Document bom = pom("nanogpt-bom");
        assertThat(texts(bom, "/project/parent")).isEmpty();
        assertThat(texts(bom, "/project/dependencyManagement/dependencies/dependency/groupId"))
                .containsOnly("io.nanogpt");
        assertThat(texts(bom, "/project/dependencyManagement/dependencies/dependency/artifactId"))
                .containsExactly(
                        "nanogpt-api",
                        "nanogpt-impl",
                        "nanogpt-server",
                        "nanogpt-langchain4j",
                        "nanogpt-native",
                        "nanogpt-spring-ai",
                        "nanogpt-spark");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "groupId",
                "version",
                "url",
                "licenses",
                "developers",
                "scm",
                "properties/repository.url",
                "properties/spotless-plugin.version",
                "properties/gpg-plugin.version",
                "properties/central-plugin.version"
            })
    void theBomRepeatsWhatItCannotInherit(String element) throws Exception {
        List<String> expected = texts(pom("."), "/project/" + element);
        assertThat(expected).hasSize(1);
        assertThat(texts(pom("nanogpt-bom"), "/project/" + element)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "nanogpt-bom", "nanogpt-api", "nanogpt-impl", "nanogpt-server"})
    void everyDeployedArtifactHasANameAndADescription(String module) throws Exception {
        assertThat(texts(pom(module), "/project/name | /project/description")).hasSize(2);
    }

    @Test
    void theExamplesAreNotDeployed() throws Exception {
        assertThat(texts(pom("nanogpt-examples"), "/project/properties/maven.deploy.skip"))
                .containsExactly("true");
    }

    @Test
    void theJbangCatalogRunsTheReleasedCommandLine() throws Exception {
        String catalog = Files.readString(Path.of("../jbang-catalog.json"));
        String repository =
                texts(pom("."), "/project/properties/repository.url").get(0);
        String onnx = texts(pom("."), "/project/properties/onnxruntime.version").get(0);
        assertThat(catalog)
                .contains("\"" + repository + "/releases/latest/download/nanogpt.jar\"")
                .contains("\"com.microsoft.onnxruntime:onnxruntime:" + onnx + "\"");
    }

    private static Document pom(String module) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("..", module, "pom.xml").toFile());
    }

    private static List<String> texts(Document pom, String path) throws XPathExpressionException {
        NodeList nodes = (NodeList) XPATH.evaluate(path, pom, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().strip());
        }
        return texts;
    }
}
