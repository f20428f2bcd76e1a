package io.nanogpt.impl.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the metadata for native images with the sources and resources. */
class ReachabilityMetadataTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final String METADATA = "META-INF/native-image/io.nanogpt/nanogpt-impl/reachability-metadata.json";
    private static final Pattern CLASS_NAME = Pattern.compile("\"((?:[a-z]\\w*\\.)+[A-Z]\\w*)\"");

    @Test
    void everyClassThatIsLoadedByNameIsRegistered() throws IOException {
        Set<String> loaded = new TreeSet<>();
        for (Path source : files(SOURCES)) {
            String code = Files.readString(source);
            if (code.contains("Class.forName(")) {
                CLASS_NAME
                        .matcher(code)
                        .results()
                        .map((MatchResult name) -> name.group(1))
                        .forEach(loaded::add);
            }
        }
        assertThat(loaded).contains("io.nanogpt.impl.cpu.vector.VectorKernels");
        assertThat(values("type")).containsAll(loaded);
    }

    @Test
    void registeredClassesExist() throws IOException {
        List<String> own = values("type").stream()
                .filter(type -> type.startsWith("io.nanogpt."))
                .collect(Collectors.toList());
        assertThat(own)
                .isNotEmpty()
                .allSatisfy(
                        type -> assertThat(Class.forName(type).getConstructor()).isNotNull());
    }

    @Test
    void everyServiceIsRegistered() throws IOException {
        for (Path service : files(Path.of("src/main/resources/META-INF/services"))) {
            assertThat(values("type")).containsAll(Files.readAllLines(service));
        }
    }

    @Test
    void everyResourceIsRegistered() throws IOException {
        List<String> resources = new ArrayList<>();
        for (String folder : List.of("src/main/resources", "src/main/filtered", "target/generated-resources")) {
            for (Path file : files(Path.of(folder))) {
                resources.add(Path.of(folder).relativize(file).toString().replace('\\', '/'));
            }
        }
        resources.remove(METADATA);
        assertThat(values("glob")).containsExactlyInAnyOrderElementsOf(resources);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
        }
    }

    private static List<String> values(String field) throws IOException {
        List<String> values = new ArrayList<>();
        try (JsonParser parser = new JsonFactory()
                .createParser(Path.of("src/main/resources", METADATA).toFile())) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && field.equals(parser.currentName())) {
                    values.add(parser.getText());
                }
            }
        }
        return values;
    }
}
