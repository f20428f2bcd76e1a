package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.fakes.MapParameters;
import io.nanogpt.impl.tokenizer.format.TokenizerFiles;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A saved folder among crashes, links of strangers, other processes and files of other models. */
@Tag("any-jdk")
class SavedFolderTest {
    private static final List<String> NAMES = List.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "README.md",
            "generation_config.json",
            "model.safetensors");

    @TempDir
    private Path temporary;

    /** A model as a reader sees it. */
    private record Read(String tokenizer, float weight, String recordEnd) {
        static Read of(int model) {
            String letters = FolderWriter.letters(model);
            return new Read(
                    FolderWriter.tokenizer(model).toJson(),
                    model,
                    FolderWriter.hasRecordEnd(model) ? letters.substring(1) : "");
        }
    }

    private static Read read(Path path) {
        ModelFolder folder = new ModelFolder(path);
        return folder.read(
                () -> {
                    ModelFolder.Config config = folder.readConfig();
                    Tokenizer loaded = TokenizerFiles.load(folder.tokenizerFile());
                    String tokenizer = loaded.toJson();
                    ModelFolder.About about = folder.readAbout(loaded);
                    MapParameters parameters = new MapParameters(FolderWriter.SPECS);
                    try (ModelWeights weights = folder.openWeights(config)) {
                        folder.requireWhole(weights.metadata(), ModelFolder.WEIGHTS, about, true);
                        weights.read(parameters);
                    }
                    float first = parameters.values(FolderWriter.SPECS.get(0).name())[0];
                    return new Read(tokenizer, first, about.recordEnd().orElse(""));
                },
                read -> {});
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void loadingDoesNotFollowALinkInPlaceOfCommittedFiles() throws IOException {
        Path model = temporary.resolve("model");
        FolderWriter.save(model, 0);
        Path victim = temporary.resolve("victim");
        FolderWriter.save(victim, 1);
        Map<String, String> before = content(victim);
        Files.createSymbolicLink(model.resolve(".saved"), Path.of("../victim"));
        for (Runnable action : List.<Runnable>of(() -> read(model), () -> FolderWriter.save(model, 2))) {
            assertThatThrownBy(action::run)
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll(model.resolve(".saved").toString(), "is a link", "delete it");
            assertThat(content(victim)).isEqualTo(before);
        }
        Files.delete(model.resolve(".saved"));
        assertThat(read(model)).isEqualTo(Read.of(0));
    }

    @Test
    void savingDoesNotDeleteThroughALinkInPlaceOfStagedFiles() throws IOException {
        Path model = temporary.resolve("model");
        FolderWriter.save(model, 0);
        Path victim = Files.createDirectory(temporary.resolve("victim"));
        Files.writeString(victim.resolve("config.json"), "precious");
        Map<String, String> before = content(victim);
        Files.createSymbolicLink(model.resolve(".saving"), victim);
        assertThat(read(model)).isEqualTo(Read.of(0));
        assertThatThrownBy(() -> FolderWriter.save(model, 2))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(model.resolve(".saving").toString(), "is a link");
        assertThat(content(victim)).isEqualTo(before);
        assertThat(read(model)).isEqualTo(Read.of(0));
    }

    @Test
    void onlyKnownFilesAreMovedOrDeleted() throws IOException {
        Path victim = Files.writeString(temporary.resolve("victim"), "precious");
        for (String staging : List.of(".saved", ".saving")) {
            Path model = temporary.resolve("with" + staging);
            FolderWriter.save(model, 0);
            Path folder = Files.createDirectory(model.resolve(staging));
            Path unknown = Files.writeString(folder.resolve("notes.txt"), "mine");
            assertThat(read(model)).isEqualTo(Read.of(0));
            assertThatThrownBy(() -> FolderWriter.save(model, 1))
                    .hasMessageContainingAll(unknown.toString(), "move it");
            assertThat(unknown).hasContent("mine");
            Files.delete(unknown);

            Path link = Files.createSymbolicLink(folder.resolve("config.json"), victim);
            assertThatThrownBy(() -> FolderWriter.save(model, 1)).hasMessageContainingAll(link.toString(), "a link");
            if (staging.equals(".saved")) {
                assertThatThrownBy(() -> read(model)).hasMessageContainingAll(link.toString(), "a link");
            }
            Files.delete(link);
            Files.createDirectory(link);
            assertThatThrownBy(() -> FolderWriter.save(model, 1)).hasMessageContainingAll(link.toString(), "no file");
            Files.delete(link);
            FolderWriter.save(model, 1);
            assertThat(read(model)).isEqualTo(Read.of(1));
            assertThat(folder).doesNotExist();
        }
        assertThat(victim).hasContent("precious");
    }

    @Test
    void linksInPlaceOfSavedFilesAreReplacedAndNotFollowed() throws IOException {
        Path model = Files.createDirectory(temporary.resolve("model"));
        Path victim = Files.writeString(temporary.resolve("victim"), "precious");
        for (String name : NAMES) {
            Files.createSymbolicLink(model.resolve(name), victim);
        }
        FolderWriter.save(model, 1);
        assertThat(victim).hasContent("precious");
        assertThat(read(model)).isEqualTo(Read.of(1));
        for (String name : NAMES) {
            assertThat(Files.isRegularFile(model.resolve(name), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
        }
        Files.createSymbolicLink(temporary.resolve("alias"), model);
        FolderWriter.save(temporary.resolve("alias"), 2); // What the user names himself may be a link.
        assertThat(read(model)).isEqualTo(Read.of(2));
    }

    @Test
    void aLockThatIsALinkIsNotOpened() throws IOException {
        Path model = Files.createDirectory(temporary.resolve("model"));
        Path lock = Files.createSymbolicLink(model.resolve(".lock"), temporary.resolve("created"));
        assertThatThrownBy(() -> FolderWriter.save(model, 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(lock.toString(), "must be a regular file");
        assertThat(temporary.resolve("created")).doesNotExist();
    }

    @Test
    void loadingChangesNothing() throws IOException {
        for (int state = 0; state <= 3; state++) {
            Path model = temporary.resolve("state" + state);
            FolderWriter.save(model, 1);
            if (state >= 1) {
                crash(model, 0, state - 1);
            }
            if (state == 3) {
                Files.createDirectory(model.resolve(".saving"));
                Files.writeString(model.resolve(".saving/config.json"), "cut");
                Files.writeString(model.resolve(".config.json.0.tmp"), "cut");
            }
            Map<String, String> before = content(model);
            try {
                assertThat(model.toFile().setWritable(false)).isTrue();
                assertThat(read(model)).isEqualTo(Read.of(state == 0 ? 1 : 0));
            } finally {
                assertThat(model.toFile().setWritable(true)).isTrue();
            }
            assertThat(content(model)).isEqualTo(before);
        }
    }

    /** Every state that a crash can leave: after the commit and each move, from a model with more files and with fewer. */
    @Test
    void afterEveryCrashTheNewModelIsWhole() throws IOException {
        for (int older = 0; older < 2; older++) {
            for (int moves = 0; moves <= NAMES.size(); moves++) {
                Path model = temporary.resolve("crash" + older + moves);
                FolderWriter.save(model, older);
                crash(model, 1 - older, moves);
                assertThat(read(model)).isEqualTo(Read.of(1 - older));
                FolderWriter.save(model, 2);
                assertThat(read(model)).isEqualTo(Read.of(2));
                assertThat(content(model).keySet())
                        .containsExactly(
                                ".lock",
                                "README.md",
                                "config.json",
                                "model.safetensors",
                                "special_tokens_map.json",
                                "tokenizer.json",
                                "tokenizer_config.json");
            }
        }
    }

    @Test
    void beforeTheCommitTheOlderModelIsWhole() throws IOException {
        Path model = temporary.resolve("model");
        FolderWriter.save(model, 0);
        Path newer = temporary.resolve("newer");
        FolderWriter.save(newer, 1);
        Files.delete(newer.resolve(".lock"));
        Files.writeString(newer.resolve(".model.safetensors.0.tmp"), "cut off");
        Files.move(newer, model.resolve(".saving"));
        assertThat(read(model)).isEqualTo(Read.of(0));
        FolderWriter.save(model, 2);
        assertThat(read(model)).isEqualTo(Read.of(2));
        assertThat(model.resolve(".saving")).doesNotExist();
    }

    /** Commits a model as {@link StagedFolder} does, and moves some of its files to their places. */
    private void crash(Path model, int newer, int moves) throws IOException {
        Path staging = temporary.resolve("staging" + model.getFileName());
        FolderWriter.save(staging, newer);
        Files.delete(staging.resolve(".lock"));
        for (String name : NAMES) {
            if (Files.exists(model.resolve(name)) && !Files.exists(staging.resolve(name))) {
                Files.createFile(staging.resolve(name));
            }
        }
        Path saved = Files.move(staging, model.resolve(".saved"));
        for (String name : NAMES.subList(0, moves)) {
            Path staged = saved.resolve(name);
            if (Files.exists(staged) && Files.size(staged) == 0) {
                Files.delete(model.resolve(name));
                Files.delete(staged);
            } else if (Files.exists(staged)) {
                Files.move(staged, model.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    @Test
    void filesOfAnotherModelAreRefused() throws IOException {
        Path one = temporary.resolve("one");
        Path other = temporary.resolve("other");
        FolderWriter.save(one, 1);
        FolderWriter.save(other, 3);
        for (String name : List.of("tokenizer.json", "generation_config.json", "model.safetensors")) {
            Path mixed = copy(one, "mixed-" + name);
            Files.write(mixed.resolve(name), Files.readAllBytes(other.resolve(name)));
            String[] named = name.equals("model.safetensors")
                    ? new String[] {"tokenizer.json and the generation_config.json"}
                    : new String[] {name};
            assertThatThrownBy(() -> read(mixed))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining(mixed.resolve("model.safetensors").toString())
                    .hasMessageContainingAll(named)
                    .hasMessageContaining("of different models");
        }
        Path changed = copy(one, "changed");
        Files.writeString(changed.resolve("config.json"), text(changed.resolve("config.json")) + "\n");
        assertThatThrownBy(() -> read(changed)).hasMessageContainingAll("config.json", "changed since");

        // A file that the model never had.
        Path more = temporary.resolve("more");
        FolderWriter.save(more, 0);
        Files.write(more.resolve("generation_config.json"), Files.readAllBytes(one.resolve("generation_config.json")));
        assertThatThrownBy(() -> read(more)).hasMessageContaining("generation_config.json");

        Path fewer = copy(one, "fewer");
        Files.delete(fewer.resolve("generation_config.json"));
        assertThat(read(fewer)).isEqualTo(new Read(Read.of(1).tokenizer(), 1, ""));
    }

    @Test
    void aFlippedBitInTheWeightsIsFound() throws IOException {
        FolderWriter.save(temporary, 1);
        Path file = temporary.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        int header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt();
        for (int at = Long.BYTES + header; at < whole.length; at += 7) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(file, damaged);
            assertThatThrownBy(() -> read(temporary))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll(file.toString(), "is damaged", "checksum");
        }
        Files.write(file, whole);
        assertThat(read(temporary)).isEqualTo(Read.of(1));
    }

    @Test
    @Timeout(120)
    void processesThatSaveAndLoadSeeOneWholeModel() throws IOException {
        Path model = temporary.resolve("model");
        FolderWriter.save(model, 0);
        List<Process> writers = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                writers.add(start(model, i));
            }
            List<Read> allowed = List.of(Read.of(0), Read.of(1));
            int[] seen = new int[2];
            long begin = System.nanoTime();
            int loads = 0;
            while (System.nanoTime() - begin < 6e9 || loads < 20) {
                Read read = read(model);
                assertThat(allowed).contains(read);
                seen[(int) read.weight()]++;
                loads++;
            }
            for (Process writer : writers) {
                assertThat(writer.isAlive()).isTrue();
                try (BufferedReader output = writer.inputReader()) {
                    assertThat(output.readLine()).isEqualTo("saved");
                }
            }
            assertThat(seen[0]).isPositive();
            assertThat(seen[1]).isPositive();
        } finally {
            for (Process writer : writers) {
                writer.destroyForcibly().onExit().join();
            }
        }
        // Killed anywhere.
        assertThat(List.of(Read.of(0), Read.of(1))).contains(read(model));
        FolderWriter.save(model, 2);
        assertThat(read(model)).isEqualTo(Read.of(2));
        assertThat(content(model).keySet())
                .containsExactly(
                        ".lock",
                        "README.md",
                        "config.json",
                        "model.safetensors",
                        "special_tokens_map.json",
                        "tokenizer.json",
                        "tokenizer_config.json");
    }

    private Process start(Path model, int number) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FolderWriter.class.getName(),
                        model.toString(),
                        Integer.toString(number))
                .redirectError(temporary.resolve("errors" + number + ".txt").toFile())
                .start();
    }

    private Path copy(Path folder, String name) throws IOException {
        Path copy = Files.createDirectory(temporary.resolve(name));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    /** Every file below a folder with its content and the time of its last change. */
    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> !path.equals(folder)).toList()) {
                String bytes =
                        Files.isDirectory(file) ? "a folder" : HexFormat.of().formatHex(Files.readAllBytes(file));
                content.put(
                        folder.relativize(file).toString(),
                        bytes + " " + Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS));
            }
        }
        return content;
    }
}
