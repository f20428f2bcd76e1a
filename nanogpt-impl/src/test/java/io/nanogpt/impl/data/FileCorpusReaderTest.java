package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.DirectoryOptions.Duplicates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCorpusReaderTest {
    private final FileCorpusReader reader = new FileCorpusReader();

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Nested
    class Json {
        @Test
        void readsAnArrayOfStrings() throws IOException {
            Path file = write("c.json", "[\"one\", \"tw\\u00F6\\n\", \"\"]");
            assertThat(reader.json(file)).containsExactly("one", "twö\n", "");
        }

        @Test
        void namesThePlaceOfBrokenJson() throws IOException {
            Path file = write("c.json", "[\n  \"one\",\n  \"two\"\n  \"three\"\n]");
            assertThatThrownBy(() -> reader.json(file))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("c.json, line 4, column 3: broken JSON")
                    .hasMessageContaining("expected a JSON array of strings");
        }

        @Test
        void namesThePlaceOfAnElementThatIsNoString() throws IOException {
            Path file = write("c.json", "[\"one\",\n 12]");
            assertThatThrownBy(() -> reader.json(file))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("line 2, column 2: expected a string")
                    .hasMessageContaining("but found the number 12");
        }

        @Test
        void refusesATruncatedFileAndAnythingAfterTheArray() throws IOException {
            Path truncated = write("t.json", "[\"one\", \"tw");
            assertThatThrownBy(() -> reader.json(truncated))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("t.json, line 1");
            Path more = write("m.json", "[\"one\"] []");
            assertThatThrownBy(() -> reader.json(more)).hasMessageContaining("expected nothing more");
            Path empty = write("e.json", "");
            assertThatThrownBy(() -> reader.json(empty)).hasMessageContaining("but found the end");
        }

        @Test
        void readsAFieldOfJsonLines() throws IOException {
            Path file = write("c.jsonl", "{\"id\": {\"text\": 3}, \"text\": \"one\"}\r\n\n{\"text\": \"two\"}");
            assertThat(reader.jsonLines(file, "text")).containsExactly("one", "two");
        }

        @Test
        void namesTheLineThatIsWrong() throws IOException {
            Path broken = write("b.jsonl", "{\"text\": \"one\"}\n{\"text\": \"tw\n{\"text\": \"three\"}\n");
            assertThatThrownBy(() -> reader.jsonLines(broken, "text")).hasMessageContaining("b.jsonl, line 2");
            Path missing = write("m.jsonl", "{\"text\": \"one\"}\n{\"txt\": \"two\"}\n");
            assertThatThrownBy(() -> reader.jsonLines(missing, "text"))
                    .hasMessageContaining("m.jsonl, line 2")
                    .hasMessageContaining("only [txt]");
            Path number = write("n.jsonl", "{\"text\": 1}");
            assertThatThrownBy(() -> reader.jsonLines(number, "text"))
                    .hasMessageContaining("line 1, column 10: expected a string at \"text\", but found the number 1");
        }
    }

    @Nested
    class Csv {
        @Test
        void readsQuotesCommasAndLineEndsInCells() throws IOException {
            Path file = write("c.csv", "id,caption\r\n1,plain\r\n2,\"a, \"\"b\"\"\r\nc\"\r\n\r\n3,\n4,\"\"\n");
            assertThat(reader.csv(file, "caption")).containsExactly("plain", "a, \"b\"\r\nc", "", "");
        }

        @Test
        void namesTheColumnsThereAre() throws IOException {
            Path file = write("c.csv", "id,text\n1,a\n");
            assertThatThrownBy(() -> reader.csv(file, "caption"))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("\"caption\"")
                    .hasMessageContaining("[id, text]");
        }

        @Test
        void namesTheLineThatIsWrong() throws IOException {
            Path cells = write("cells.csv", "id,text\n1,\"a\nb\"\n2,b,c\n");
            assertThatThrownBy(() -> reader.csv(cells, "text"))
                    .hasMessageContaining("cells.csv, line 4: expected 2 cells as in the header, but found 3");
            Path open = write("open.csv", "id,text\n1,\"a\n2,b\n");
            assertThatThrownBy(() -> reader.csv(open, "text"))
                    .hasMessageContaining("line 2, column 3: expected a closing quote");
            Path stray = write("stray.csv", "id,text\n1,a\"b\n");
            assertThatThrownBy(() -> reader.csv(stray, "text")).hasMessageContaining("line 2, column 4");
            Path after = write("after.csv", "id,text\n1,\"a\"b\n");
            assertThatThrownBy(() -> reader.csv(after, "text"))
                    .hasMessageContaining("line 2, column 6")
                    .hasMessageContaining("but found 'b'");
            Path empty = write("empty.csv", "\n");
            assertThatThrownBy(() -> reader.csv(empty, "text")).hasMessageContaining("empty.csv is empty");
        }
    }

    @Nested
    class Directories {
        @BeforeEach
        void files() throws IOException {
            write("b.txt", "two");
            write("a.txt", "one");
            write("notes.md", "no");
            write("sub/c.txt", "one");
        }

        @Test
        void takesTextFilesInPathOrder() {
            assertThat(reader.directory(folder, DirectoryOptions.defaults())).containsExactly("one", "two", "one");
            assertThat(reader.directory(folder, new DirectoryOptions(false, 10, Duplicates.KEEP)))
                    .containsExactly("one", "two");
            assertThat(reader.directory(folder, new DirectoryOptions(true, 1, Duplicates.KEEP)))
                    .containsExactly("one");
        }

        @Test
        void dropsFilesOfTheSameText() {
            assertThat(reader.directory(folder, new DirectoryOptions(true, 10, Duplicates.DROP_SAME_CONTENT)))
                    .containsExactly("one", "two");
        }

        @Test
        void dropsTheSameFileByAnotherPath() throws IOException {
            link(folder.resolve("z.txt"), folder.resolve("b.txt"));
            assertThat(reader.directory(folder, DirectoryOptions.defaults())).hasSize(4);
            assertThat(reader.directory(folder, new DirectoryOptions(true, 10, Duplicates.DROP_SAME_PATH)))
                    .containsExactly("one", "two", "one");
        }

        @Test
        void aLinkToAFolderAboveIsNoLoop() throws IOException {
            link(folder.resolve("sub/up"), folder);
            assertThat(reader.directory(folder, DirectoryOptions.defaults())).containsExactly("one", "two", "one");
        }

        @Test
        void namesALinkThatLeadsNowhere() throws IOException {
            link(folder.resolve("z.txt"), folder.resolve("gone.txt"));
            assertThatThrownBy(() -> reader.directory(folder, DirectoryOptions.defaults()))
                    .hasMessageContaining("z.txt");
        }

        @Test
        void namesAFileThatIsNotUtf8() throws IOException {
            Files.write(folder.resolve("sub/bad.txt"), "µ".getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> reader.directory(folder, DirectoryOptions.defaults()))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("bad.txt is not UTF-8");
        }

        @Test
        void refusesDirectoriesWithoutTexts() throws IOException {
            Path empty = Files.createDirectory(folder.resolve("empty"));
            assertThatThrownBy(() -> reader.directory(empty, DirectoryOptions.defaults()))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("empty has no *.txt file");
            assertThatThrownBy(() -> reader.directory(folder.resolve("a.txt"), DirectoryOptions.defaults()))
                    .hasMessageContaining("a.txt is a file");
            assertThatThrownBy(() -> reader.directory(folder.resolve("gone"), DirectoryOptions.defaults()))
                    .hasMessageContaining("gone: it does not exist");
        }

        private void link(Path link, Path target) {
            try {
                Files.createSymbolicLink(link, target);
            } catch (IOException | UnsupportedOperationException e) {
                Assumptions.abort("this system makes no symbolic links: " + e);
            }
        }
    }
}
