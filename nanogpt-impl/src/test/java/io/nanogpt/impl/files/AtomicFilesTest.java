package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

    @Test
    void whatAKilledWriterLeftIsRemovedByTheNext() throws IOException {
        Path target = folder.resolve("file.txt");
        for (int number = 0; number < 3; number++) {
            Files.write(folder.resolve(".file.txt." + number + ".tmp"), OLD);
        }
        Files.write(folder.resolve(".other.txt.0.tmp"), OLD);

        AtomicFiles.write(target, out -> out.write(NEW));

        assertThat(target).hasBinaryContent(NEW);
        assertThat(names(folder)).containsExactlyInAnyOrder("file.txt", ".other.txt.0.tmp");
    }

    @Test
    void aTemporaryFileOfALivingWriterIsKept() {
        Path target = folder.resolve("file.txt");

        AtomicFiles.write(target, out -> {
            out.write(OLD);
            out.flush();
            AtomicFiles.write(target, inner -> inner.write(NEW));
            assertThat(target).hasBinaryContent(NEW);
            assertThat(names(folder)).hasSize(2).contains("file.txt").anyMatch(name -> name.endsWith(".tmp"));
        });

        assertThat(target).hasBinaryContent(OLD);
        assertThat(names(folder)).containsExactly("file.txt");
    }

    @Test
    @Timeout(60)
    void aTemporaryFileOfALivingProcessIsKeptAndOneOfAKilledProcessIsNot() throws IOException {
        Path target = folder.resolve("file.txt");
        for (boolean killed : new boolean[] {false, true}) {
            Process writer = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            SlowWriter.class.getName(),
                            target.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader output = writer.inputReader();
                    Writer input = writer.outputWriter()) {
                assertThat(output.readLine()).isEqualTo("writing");
                if (killed) {
                    writer.destroyForcibly().onExit().join();
                }

                AtomicFiles.write(target, out -> out.write(NEW));

                assertThat(target).hasBinaryContent(NEW);
                if (killed) {
                    assertThat(names(folder)).containsExactly("file.txt");
                } else {
                    assertThat(names(folder)).hasSize(2).contains("file.txt").anyMatch(name -> name.endsWith(".tmp"));
                    input.write("go on\n");
                    input.flush();
                    assertThat(output.readLine()).isEqualTo("written");
                    assertThat(target).hasBinaryContent(OLD);
                    assertThat(names(folder)).containsExactly("file.txt");
                }
            } finally {
                writer.destroyForcibly().onExit().join();
            }
        }
    }

    /** A program that writes the content {@code old} to a file, and waits for a line of input in the middle. */
    public static final class SlowWriter {
        private SlowWriter() {}

        /** Writes. */
        public static void main(String[] arguments) {
            AtomicFiles.write(Path.of(arguments[0]), out -> {
                out.write(OLD);
                System.out.println("writing");
                if (System.in.read() < 0) {
                    throw new IOException("no input");
                }
            });
            System.out.println("written");
        }
    }

    @Test
    void linksInPlaceOfTemporaryFilesAndTargetsAreNotFollowed() throws IOException {
        Path victim = Files.write(folder.resolve("victim"), OLD);
        Path target = Files.createSymbolicLink(folder.resolve("file.txt"), victim);
        Path first = Files.createSymbolicLink(folder.resolve(".file.txt.0.tmp"), victim);
        Path second = Files.createSymbolicLink(folder.resolve(".file.txt.1.tmp"), folder.resolve("nothing"));

        AtomicFiles.write(target, out -> out.write(NEW));

        assertThat(victim).hasBinaryContent(OLD);
        assertThat(folder.resolve("nothing")).doesNotExist();
        assertThat(first).isSymbolicLink();
        assertThat(second).isSymbolicLink();
        assertThat(Files.isSymbolicLink(target)).isFalse();
        assertThat(target).hasBinaryContent(NEW);
    }
}
