package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Compute;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.fakes.MapParameters;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.NgramTables;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class ModelFolderTest {
    private static final Architecture ARCHITECTURE = Models.captions(Models.captions(2, 2, 8, 6, 3), 0.25f);
    private static final List<ParameterSpec> SPECS = ARCHITECTURE.graph().parameters();
    private static final Tokenizer TOKENIZER = PieceTokenizer.characters("abc");

    @TempDir
    Path temporary;

    @Test
    void givesBackWhatWasSaved() {
        Path path = temporary.resolve("below").resolve("model");
        ModelFolder folder = new ModelFolder(path);
        MapParameters saved = new MapParameters(SPECS).fill(1);
        folder.write(ARCHITECTURE, Optional.empty(), TOKENIZER, saved, ModelFolder.About.none());
        ModelFolder.Own config = (ModelFolder.Own) folder.readConfig();
        assertThat(config.kind()).isEqualTo("nanogpt-transformer");
        assertThat(config.settings())
                .containsAllEntriesOf(Map.of(
                        "layers", 2,
                        "heads", 2,
                        "embeddingSize", 8,
                        "contextLength", 6,
                        "vocabularySize", 3,
                        "dropout", 0.25));
        MapParameters loaded = new MapParameters(SPECS);
        read(path, loaded);
        for (ParameterSpec spec : SPECS) {
            assertThat(loaded.values(spec.name())).isEqualTo(saved.values(spec.name()));
        }
        assertThat(content(path).keySet())
                .containsExactly(
                        ".lock",
                        "README.md",
                        "config.json",
                        "model.safetensors",
                        "special_tokens_map.json",
                        "tokenizer.json",
                        "tokenizer_config.json");
    }

    @Test
    void sameModelSameBytes() {
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        save(first, 1);
        save(second, 7);
        save(second, 1);
        assertThat(content(second)).isEqualTo(content(first));
    }

    @Test
    void theCardTellsOfTheTraining() {
        TrainingPlan plan = TrainingPlan.builder()
                .compute(new Compute("cpu (scalar)", Compute.Kernels.SCALAR, "", Optional.empty()))
                .parameters(827_392)
                .vocabularySize(3)
                .trainTokens(900)
                .validationTokens(100)
                .firstStep(1)
                .steps(50)
                .tokensPerStep(768)
                .flopsPerToken(4_964_352)
                .stepsPerEpoch(1.2)
                .epochs(42.7)
                .build();
        EvaluationPoint point = new EvaluationPoint(50, 1.2345, 1.5432, 3);
        TrainingReport report = new TrainingReport(plan, 50, StopReason.DONE, List.of(point), 50, 1.5, 1000, 3.25);
        new ModelFolder(temporary)
                .write(
                        ARCHITECTURE,
                        Optional.empty(),
                        TOKENIZER,
                        new MapParameters(SPECS),
                        new ModelFolder.About(Optional.of(report), Optional.empty()));
        assertThat(temporary.resolve("README.md"))
                .content()
                .contains("nanogpt-transformer", "1.2345", "1.5432", "cpu (scalar)", "| layers | 2 |")
                .contains("LanguageModel.load");
    }

    @Test
    void aSaveThatFailsMidwayLeavesTheOlderModel() {
        save(temporary, 1);
        Map<String, String> before = content(temporary);
        Tokenizer failing = new FailingTokenizer();
        assertThatThrownBy(() -> new ModelFolder(temporary)
                        .write(
                                ARCHITECTURE,
                                Optional.empty(),
                                failing,
                                new MapParameters(SPECS).fill(5),
                                ModelFolder.About.none()))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("No space left on device");
        assertThat(content(temporary)).isEqualTo(before);
    }

    @Test
    void savesToOneFolderTakeTurns() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int first = i;
            threads.add(new Thread(() -> save(temporary, first)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(content(temporary).keySet())
                .containsExactly(
                        ".lock",
                        "README.md",
                        "config.json",
                        "model.safetensors",
                        "special_tokens_map.json",
                        "tokenizer.json",
                        "tokenizer_config.json");
        MapParameters loaded = new MapParameters(SPECS);
        read(temporary, loaded);
        assertThat(loaded.values("tok_emb.weight")[0]).isBetween(0f, 3f);
    }

    @Test
    void anInterruptDoesNotSpoilASave() {
        Thread.currentThread().interrupt();
        save(temporary, 1);
        MapParameters loaded = new MapParameters(SPECS);
        read(temporary, loaded);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(loaded.values("head.weight"))
                .isEqualTo(new MapParameters(SPECS).fill(1).values("head.weight"));
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "text");
        assertThatThrownBy(() -> save(file, 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(file.toString(), "is a file, not a folder");
        assertThatThrownBy(() -> save(file.resolve("model"), 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(file.resolve("model").toString(), "is a file, not a folder");
        assertThat(file).content().isEqualTo("text");

        Path blocked = temporary.resolve("blocked");
        Files.createDirectories(blocked.resolve("config.json"));
        assertThatThrownBy(() -> save(blocked, 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(blocked.toString(), "config.json", "is a folder");
        assertThat(content(blocked).keySet()).containsExactly("config.json");
    }

    @Test
    void aFolderWithoutPermissionIsNamed() throws IOException {
        Path locked = Files.createDirectory(temporary.resolve("locked"));
        assumeThat(locked.toFile().setWritable(false)).isTrue();
        assumeThat(Files.isWritable(locked))
                .as("this user may write everywhere")
                .isFalse();
        assertThatThrownBy(() -> save(locked, 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(locked.toString(), "permission");
    }

    @Test
    void aFolderWithoutConfigIsNoModel() {
        assertThatThrownBy(() -> new ModelFolder(temporary).readConfig())
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(temporary.toString(), "config.json");
    }

    @Test
    void aWrongConfigIsRefusedWithItsPlace() throws IOException {
        Path file = temporary.resolve("config.json");
        Map<String, String> wrong = Map.of(
                "{\"model_type\": \"x\",\n \"layers\": }", "line 2",
                "[]", "expected an object",
                "{\"layers\": 2}", "model_type",
                "{\"model_type\": 7}", "found the number 7",
                "{\"model_type\": \"x\", \"a\": 1, \"a\": 2}", "Duplicate",
                "{\"model_type\": \"x\", \"a\": [null]}", "null",
                "{\"model_type\": \"x\"} 1", "nothing more",
                "", "config.json");
        for (Map.Entry<String, String> entry : wrong.entrySet()) {
            Files.writeString(file, entry.getKey());
            assertThatThrownBy(() -> new ModelFolder(temporary).readConfig())
                    .as(entry.getKey())
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll(file.toString(), entry.getValue());
        }
    }

    @Test
    void settingsOfManyKindsAreRead() throws IOException {
        Files.writeString(temporary.resolve("config.json"), """
            {"model_type": "x", "absent": null, "text": "a", "flag": true, "large": 5000000000, "ratio": 0.1,
             "list": [1, "b", [false]], "object": {"nested": 2}}
            """);
        assertThat(((ModelFolder.Own) new ModelFolder(temporary).readConfig()).settings())
                .containsAllEntriesOf(Map.of(
                        "text",
                        "a",
                        "flag",
                        true,
                        "large",
                        5_000_000_000L,
                        "ratio",
                        0.1,
                        "list",
                        List.of(1, "b", List.of(false)),
                        "object",
                        Map.of("nested", 2)));
    }

    @Test
    void weightsOfAnotherModelAreRefused() {
        save(temporary, 1);
        String file = temporary.resolve("model.safetensors").toString();

        List<ParameterSpec> wider = new ArrayList<>(SPECS);
        ParameterSpec head = SPECS.get(SPECS.size() - 1);
        wider.set(SPECS.size() - 1, new ParameterSpec(head.name(), Shape.of(4, 8), head.initializer()));
        assertThatThrownBy(() -> check(wider))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(file, "head.weight should be (4, 8), but is (3, 8)");

        List<ParameterSpec> more = new ArrayList<>(SPECS);
        more.add(new ParameterSpec("extra.bias", Shape.of(5), new Initializer.Constant(0)));
        assertThatThrownBy(() -> check(more))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(file, "missing: extra.bias (5)");

        assertThatThrownBy(() -> check(SPECS.subList(1, SPECS.size())))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(file, "unexpected: tok_emb.weight (3, 8)");
    }

    @Test
    void truncatedWeightsAreRefused() throws IOException {
        save(temporary, 1);
        Path file = temporary.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
        assertThatThrownBy(() -> check(SPECS))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(file.toString(), "the file holds only");
    }

    /** And the file is as small as they are few. */
    @Test
    void onlyTouchedRowsOfNgramTablesAreSaved() throws IOException {
        Architecture tables = Zoo.create(Models.captions(1, 2, 8, 6, 3)
                .ngramTables(NgramTables.of(5_000, 2, 3, 4))
                .build());
        List<ParameterSpec> specs = tables.graph().parameters();
        MapParameters saved = new MapParameters(specs);
        saved.values("ngram.3.weight")[4_321 * 8 + 3] = 7;
        saved.values("ngram.3.weight")[2] = -1;
        saved.values("ngram.2.weight")[8 * 8 + 7] = 2;
        new ModelFolder(temporary).write(tables, Optional.empty(), TOKENIZER, saved, ModelFolder.About.none());
        Path file = temporary.resolve("model.safetensors");
        assertThat(Files.size(file)).isLessThan(10_000);
        try (SafetensorsFile content = SafetensorsFile.open(file)) {
            assertThat(content.longs("ngram.3.weight.rows")).containsExactly(0, 4_321);
            assertThat(content.shape("ngram.3.weight")).containsExactly(2L, 8L);
            assertThat(content.shape("ngram.4.weight")).containsExactly(1L, 8L);
        }
        MapParameters loaded = new MapParameters(specs);
        read(temporary, loaded);
        for (ParameterSpec spec : specs) {
            assertThat(loaded.values(spec.name())).isEqualTo(saved.values(spec.name()));
        }
        assertThat(temporary.resolve("README.md")).content().contains("rows that training changed");
    }

    /** Tables that were rounded take a byte or two an element, with the same values. */
    @Test
    void roundedTablesAreOfTheNarrowestTypeThatHasTheirValues() throws IOException {
        Architecture tables = Zoo.create(Models.captions(1, 2, 8, 6, 3)
                .ngramTables(NgramTables.of(5_000, 2, 3, 4))
                .build());
        List<ParameterSpec> specs = tables.graph().parameters();
        MapParameters saved = new MapParameters(specs);
        for (int i = 0; i < 8_000; i++) {
            saved.values("ngram.3.weight")[i] = (i % 255 - 127) * (i / 8 % 2 == 0 ? 0x1p-9f : 0x1p3f);
            saved.values("ngram.4.weight")[i] = i % 1_000 + 0x1p10f;
        }
        saved.values("ngram.2.weight")[7] = 1 / 3f;
        new ModelFolder(temporary).write(tables, Optional.empty(), TOKENIZER, saved, ModelFolder.About.none());
        Path file = temporary.resolve("model.safetensors");
        assertThat(Files.size(file)).isBetween(8_000L * 3, 8_000L * 3 + 20_000);
        MapParameters loaded = new MapParameters(specs);
        read(temporary, loaded);
        for (ParameterSpec spec : specs) {
            assertThat(loaded.values(spec.name())).isEqualTo(saved.values(spec.name()));
        }
        try (SafetensorsFile content = SafetensorsFile.open(file)) {
            assertThat(content.names()).contains("ngram.3.weight.scales").doesNotContain("ngram.4.weight.scales");
            assertThat(content.shape("ngram.3.weight.scales")).containsExactly(1_000L);
        }
    }

    @Test
    void rowsOutsideOfATableAreRefused() {
        Architecture tables = Zoo.create(Models.captions(1, 2, 8, 6, 3)
                .ngramTables(NgramTables.of(50, 3))
                .build());
        MapParameters saved = new MapParameters(tables.graph().parameters());
        saved.values("ngram.3.weight")[49 * 8] = 7;
        new ModelFolder(temporary).write(tables, Optional.empty(), TOKENIZER, saved, ModelFolder.About.none());
        List<ParameterSpec> smaller = Zoo.create(Models.captions(1, 2, 8, 6, 3)
                        .ngramTables(NgramTables.of(49, 3))
                        .build())
                .graph()
                .parameters();
        assertThatThrownBy(() -> read(temporary, new MapParameters(smaller)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("ngram.3.weight.rows", "the 49 rows of the table", "has 49 after -1");
    }

    private static void save(Path folder, float first) {
        new ModelFolder(folder)
                .write(
                        ARCHITECTURE,
                        Optional.empty(),
                        TOKENIZER,
                        new MapParameters(SPECS).fill(first),
                        ModelFolder.About.none());
    }

    private static void read(Path folder, MapParameters parameters) {
        ModelFolder model = new ModelFolder(folder);
        try (ModelWeights weights = model.openWeights(model.readConfig())) {
            weights.read(parameters);
        }
    }

    private void check(List<ParameterSpec> specs) {
        ModelFolder model = new ModelFolder(temporary);
        try (ModelWeights weights = model.openWeights(model.readConfig())) {
            weights.check(specs);
        }
    }

    /** Every file of a folder, hidden ones too. */
    private static Map<String, String> content(Path folder) {
        Map<String, String> content = new TreeMap<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String bytes =
                        Files.isDirectory(file) ? "a folder" : HexFormat.of().formatHex(Files.readAllBytes(file));
                content.put(file.getFileName().toString(), bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return content;
    }

    /** Fails on saving as if the disk were full. */
    private static final class FailingTokenizer implements Tokenizer {
        @Override
        public int vocabularySize() {
            return TOKENIZER.vocabularySize();
        }

        @Override
        public int[] encode(String text) {
            return TOKENIZER.encode(text);
        }

        @Override
        public String decode(int... ids) {
            return TOKENIZER.decode(ids);
        }

        @Override
        public boolean canEncode(String text) {
            return TOKENIZER.canEncode(text);
        }

        @Override
        public String toJson() {
            return TOKENIZER.toJson();
        }

        @Override
        public void save(Path file) {
            throw new NanogptException("cannot write " + file + ": No space left on device");
        }
    }
}
