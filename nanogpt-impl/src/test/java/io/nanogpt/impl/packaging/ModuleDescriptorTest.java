package io.nanogpt.impl.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.runtime.NanogptLibrary;
import io.nanogpt.spi.Library;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the module descriptors with the service files of the same jars. */
class ModuleDescriptorTest {
    private static final ModuleDescriptor IMPL = descriptor(NanogptLibrary.class, "io.nanogpt.impl");
    private static final ModuleDescriptor API = descriptor(Library.class, "io.nanogpt.api");

    @Test
    void providersAreThoseOfTheClassPath() throws IOException {
        Map<String, List<String>> services = new TreeMap<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/META-INF/services"))) {
            for (Path file : files.collect(Collectors.toList())) {
                services.put(file.getFileName().toString(), Files.readAllLines(file));
            }
        }
        assertThat(IMPL.provides().stream()
                        .collect(Collectors.toMap(
                                ModuleDescriptor.Provides::service, ModuleDescriptor.Provides::providers)))
                .isEqualTo(services);
        assertThat(API.uses()).containsAll(services.keySet());
    }

    @Test
    void theImplementationIsEncapsulated() {
        assertThat(IMPL.exports()).isEmpty();
        assertThat(IMPL.opens()).isEmpty();
        assertThat(IMPL.isOpen()).isFalse();
    }

    @Test
    void optionalLibrariesAreNotRequiredAtRunTime() {
        assertThat(IMPL.requires().stream()
                        .filter(required -> required.modifiers().contains(Requires.Modifier.STATIC))
                        .map(Requires::name))
                .containsExactlyInAnyOrder(
                        "jdk.incubator.vector",
                        "jdk.management",
                        "java.sql",
                        "com.microsoft.onnxruntime",
                        "ai.djl.api",
                        "ai.djl.pytorch_engine",
                        "org.jspecify");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(IMPL.rawVersion()).contains(System.getProperty("nanogpt.test.version"));
    }

    private static ModuleDescriptor descriptor(Class<?> type, String module) {
        try {
            Path place = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            return ModuleFinder.of(place).find(module).orElseThrow().descriptor();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
