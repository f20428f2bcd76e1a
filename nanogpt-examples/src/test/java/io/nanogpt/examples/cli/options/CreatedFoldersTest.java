package io.nanogpt.examples.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class CreatedFoldersTest {
    @TempDir
    private Path folder;

    @Test
    void whatWasCreatedAndIsEmptyIsRemovedAfterAFailure() throws IOException {
        Path deep = folder.resolve("a/b/c");
        CreatedFolders created = CreatedFolders.of(deep);
        assertThat(deep).isDirectory();
        assertThatThrownBy(() -> created.fill(CreatedFoldersTest::fail)).hasMessage("no network");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatHasAFileStays() throws IOException {
        Path deep = folder.resolve("a/b/c");
        CreatedFolders created = CreatedFolders.of(deep);
        assertThatThrownBy(() -> created.fill(() -> {
                    Files.writeString(folder.resolve("a/file"), "x");
                    fail();
                }))
                .hasMessage("no network")
                .hasNoSuppressedExceptions();
        assertThat(folder.resolve("a")).isDirectoryNotContaining("glob:**b").isNotEmptyDirectory();
    }

    @Test
    void whatWasThereStays() throws IOException {
        Path there = Files.createDirectories(folder.resolve("a/b"));
        assertThatThrownBy(() -> CreatedFolders.of(there).fill(CreatedFoldersTest::fail))
                .hasMessage("no network");
        assertThat(there).isEmptyDirectory();
        CreatedFolders.of(folder.resolve("c/d")).fill(() -> {});
        assertThat(folder.resolve("c/d")).isEmptyDirectory();
    }

    private static void fail() throws IOException {
        throw new IOException("no network");
    }
}
