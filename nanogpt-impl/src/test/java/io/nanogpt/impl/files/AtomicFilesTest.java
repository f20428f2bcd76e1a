package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    private static final byte[] OLD = "old".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @Test
    void createsTheFileAndTheFoldersAboveIt() {
        Path target = folder.resolve("a/b/file.txt");

        AtomicFiles.write(target, out -> out.write(NEW));

        assertThat(target).hasBinaryContent(NEW);
        assertThat(names(target.resolveSibling("."))).containsExactly("file.txt");
    }

    @Test
    void writesABeginningThatIsKnownLast() {
        Path target = folder.resolve("file.txt");
        byte[] content = {0, 0, 3, 4, 5};

        AtomicFiles.write(target, out -> out.write(content), () -> new byte[] {1, 2});

        assertThat(target).hasBinaryContent(new byte[] {1, 2, 3, 4, 5});
    }

    @Test
    void replacesAnOlderFile() throws IOException {
        Path target = Files.write(folder.resolve("file.txt"), OLD);

        AtomicFiles.write(target, out -> out.write(NEW));

        assertThat(target).hasBinaryContent(NEW);
    }

    @Test
    void aFullDiskLeavesTheOldFileAndNothingElse() throws IOException {
        Path target = Files.write(folder.resolve("file.txt"), OLD);

        assertThatThrownBy(() -> AtomicFiles.write(target, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(target.toString())
                .hasMessageContaining("the disk is full")
                .hasMessageContaining("unchanged");

        assertThat(target).hasBinaryContent(OLD);
        assertThat(names(folder)).containsExactly("file.txt");
    }

    @Test
    void aFailingActionLeavesTheOldFileAndNothingElse() throws IOException {
        Path target = Files.write(folder.resolve("file.txt"), OLD);

        assertThatIllegalStateException()
                .isThrownBy(() -> AtomicFiles.write(target, out -> {
                    out.write(NEW);
                    throw new IllegalStateException("no");
                }));

        assertThat(target).hasBinaryContent(OLD);
        assertThat(names(folder)).containsExactly("file.txt");
    }

    @Test
    void anInterruptedThreadCanSave() {
        Path target = folder.resolve("file.txt");
        Thread.currentThread().interrupt();
        try {
            AtomicFiles.write(target, out -> out.write(NEW));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(target).hasBinaryContent(NEW);
    }

    @Test
    void saysThatAPartOfThePathIsAFile() throws IOException {
        Path file = Files.write(folder.resolve("file"), OLD);

        assertThatThrownBy(() -> AtomicFiles.write(file.resolve("model/config.json"), out -> out.write(NEW)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("a file, not a folder");
    }

    @Test
    void saysThatTheTargetIsAFolder() {
        assertThatThrownBy(() -> AtomicFiles.write(folder, out -> out.write(NEW)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot write " + folder)
                .hasMessageContaining("it is a folder");
    }

    @Test
    void saysThatTheFolderIsNotWritable() {
        Path closed = folder.resolve("closed");
        assertThat(closed.toFile().mkdir()).isTrue();
        Assumptions.assumeTrue(
                closed.toFile().setWritable(false) && !Files.isWritable(closed),
                "this user may write everywhere, so an unwritable folder cannot be made");

        assertThatThrownBy(() -> AtomicFiles.write(closed.resolve("file"), out -> out.write(NEW)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no permission");
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void removesAFolderButNotWhatItsLinksPointTo() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept"), "x");
        Path doomed = Files.createDirectories(folder.resolve("doomed/inside"));
        Files.writeString(doomed.resolve("file"), "x");
        Files.createSymbolicLink(doomed.resolve("link"), kept);
        AtomicFiles.remove(folder.resolve("doomed"));
        AtomicFiles.remove(folder.resolve("doomed"));
        assertThat(folder.resolve("doomed")).doesNotExist();
        assertThat(kept).hasContent("x");
    }
}
