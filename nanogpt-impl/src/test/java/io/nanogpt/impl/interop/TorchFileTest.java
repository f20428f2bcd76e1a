package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by PyTorch, see {@code resources/weights/generate.py}, and malformed ones. */
@Tag("any-jdk")
class TorchFileTest {
    static final Path WEIGHTS = Path.of("src/test/resources/weights");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "legacy.pth", "protocol4.pth"})
    void viewsOfEveryKindAreReadAsPyTorchSeesThem(String file) {
        try (TorchFile read = TorchFile.open(WEIGHTS.resolve(file));
                SafetensorsFile expected = SafetensorsFile.open(WEIGHTS.resolve("expected.safetensors"))) {
            assertThat(read.names()).containsAll(expected.names()).contains("ids", "flags", "expanded");
            for (String tensor : expected.names()) {
                assertThat(read.shape(tensor)).as(tensor).isEqualTo(expected.shape(tensor));
                assertThat(read.floats(tensor)).as(tensor).isEqualTo(expected.floats(tensor));
            }
        }
    }

    @Test
    void wholeNumbersAreNoWeights() {
        try (TorchFile read = TorchFile.open(WEIGHTS.resolve("zip.pth"))) {
            refuses(() -> read.floats("ids"), "zip.pth", "tensor ids", "I64", "float32");
            refuses(() -> read.floats("nothing"), "zip.pth", "no tensor nothing", "plain");
        }
    }

    @Test
    void repeatedElementsAreReadUpToABoundByTheSizeOfTheFile() throws IOException {
        try (TorchFile read = TorchFile.open(WEIGHTS.resolve("zip.pth"))) {
            assertThat(read.floats("expanded")).containsExactly(1, 1, 1, 1, 1, 1, 1);
        }
        try (TorchFile read = TorchFile.open(legacy(tensor(4, 0, List.of(100, 100, 100), List.of(0, 0, 0))))) {
            refuses(() -> read.floats("w"), "tensor w", "(100, 100, 100)", "contiguous");
        }
    }

    @Test
    void theModelOfACheckpointIsFound() {
        try (TorchFile read = TorchFile.open(WEIGHTS.resolve("checkpoint.pt"))) {
            assertThat(read.names()).containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
            assertThat(read.shape("0.weight")).isEqualTo(List.of(2L, 3L));
        }
    }

    @Test
    void aPickleThatCallsAnythingHoldsNoWeightsAndNothingRuns() throws IOException {
        Path witness = folder.resolve("witness");
        String command = "touch " + witness;
        List<String> pickles = List.of(
                "cos\nsystem\n(X" + length(command) + command + "tR.",
                "cbuiltins\neval\n(X" + length("1") + "1tR.",
                "c__builtin__\nexec\n.",
                "X" + length("os") + "osX" + length("system") + "system\223.");
        for (String pickle : pickles) {
            Path file = legacy(pickle);
            refuses(
                    () -> TorchFile.open(file),
                    file.toString(),
                    "holds no dict of tensors, and Python objects, of which nothing was run: ",
                    "save model.state_dict()");
        }
        assertThat(witness).doesNotExist();
    }

    @Test
    void whatIsSkippedIsNamedAndPlainSettingsAreRead() {
        try (TorchFile read = TorchFile.open(WEIGHTS.resolve("checkpoints/objects.pt"))) {
            assertThat(read.skipped())
                    .contains(
                            "argparse.Namespace", "__main__.Stage", "torch.ComplexFloatStorage", "__builtin__.complex")
                    .anyMatch(name -> name.startsWith("numpy"));
            assertThat(read.settings()).containsEntry("n_head", 2L).containsEntry("dropout", 0.0);
        }
    }

    /** Objects of every kind that pickles make: called, made with and without state, filled like lists and dicts. */
    @Test
    void unknownObjectsBesideTensorsAreSkipped() throws IOException {
        String whole = tensor(4, 0, List.of(2), List.of(1));
        String weight = whole.substring(0, whole.length() - 1);
        for (String object : List.of(
                "cargparse\nNamespace\n)\201}X" + length("lr") + "lrK\001sb",
                "cnumpy\nscalar\nX" + length("f4") + "f4\205R",
                "cmy\nList\n)\201K\001aK\002a",
                "cmy\nDict\n)\201K\001K\002s",
                "cmy\nKeywords\n)}\222",
                "\217(K\001\220",
                "(K\001\221",
                "C\003abc",
                "cmy\nEnum\nK\001\205R")) {
            Path file = legacy(weight + "X" + length("beside") + "beside" + object + "s.");
            try (TorchFile read = TorchFile.open(file)) {
                assertThat(read.names()).as(object).containsExactly("w");
                assertThat(read.floats("w")).containsExactly(0, 0);
            }
        }
    }

    @Test
    void operationsThatTensorsDoNotNeedAreRefused() throws IOException {
        // INST, OBJ, EXT1, PERSID, LONG, INT, STRING.
        for (String operation : List.of("ios\nsystem\n", "o", "\202", "Pa\n", "L1L\n", "I1\n", "S'a'\n")) {
            Path file = legacy("(" + operation + ".");
            refuses(() -> TorchFile.open(file), file.toString(), "not one that tensors and plain data need");
        }
    }

    @Test
    void brokenPicklesAreRefusedWithTheirPlace() throws IOException {
        refusesPickle(".", "takes more values than there are");
        refusesPickle("(.", "takes more values than there are");
        refusesPickle("t.", "a mark is missing");
        refusesPickle("h\007.", "recalls the value 7");
        refusesPickle("X\377\377\377\177.", "it ends too early");
        refusesPickle("X\377\377\377\377.", "it ends too early");
        refusesPickle("}K\001s.", "takes more values");
        refusesPickle("}(K\001u.", "a key has no value");
        refusesPickle("}]K\001s.", "entries (a key of another kind)");
        refusesPickle("B\377\377\377\177.", "it ends too early");
        refusesPickle("\216\377\377\377\377\377\377\377\177.", "it ends too early");
        refusesPickle("\213\377\377\377\177.", "it ends too early");
        refusesPickle("(\201.", "takes more values than there are");
        refusesPickle("ccollections\nOrderedDict\n)}\222.", "called with named arguments");
        refusesPickle("]K\001K\002s.", "not a dict");
        refusesPickle("}K\001a.", "not a list");
        refusesPickle("K\001K\002R.", "not a tuple");
        refusesPickle("K\001)R.", "not a function");
        refusesPickle("K\001}b.", "attributes of a dict");
        refusesPickle("X\001\000\000\000\377.", "UTF-8");
        refusesPickle("ccollections\nOrderedDict\nK\001\205R.", "arguments");
        refusesPickle("K\001Q.", "does not describe a storage");
        refusesPickle("K\001.", "no dict of tensors");
        refusesPickle("}X" + length("step") + "stepK\001s.", "entries step");
    }

    @Test
    void aTensorBeyondItsStorageIsRefused() throws IOException {
        refusesPickle(tensor(4, 0, List.of(5), List.of(1)), "not within its storage");
        refusesPickle(tensor(4, 1, List.of(2, 2), List.of(2, 1)), "not within its storage");
        refusesPickle(tensor(4, 5, List.of(0), List.of(1)), "not within its storage");
        refusesPickle(tensor(4, 0, List.of(2, 2), List.of(1)), "2 axes, but 1 strides");
        refusesPickle(tensor(200, 0, List.of(4), List.of(1)), "in the remaining");
    }

    /** A shape of 100,000 axes, in each of many tensors, would be copied as often. */
    @Test
    void aTensorOfMoreAxesThanAParameterHasIsRefused() throws IOException {
        refusesPickle(
                tensor(4, 0, java.util.Collections.nCopies(9, 1), List.of(1)), "9 axes, but a parameter has at most 8");
        refusesPickle(
                tensor(4, 0, List.of(1), java.util.Collections.nCopies(100_000, 1)),
                "100000 axes, but a parameter has at most 8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "legacy.pth"})
    void everyTruncationIsRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(WEIGHTS.resolve(name));
        for (int length = 0; length < whole.length; length += 13) {
            Path file = Files.write(folder.resolve(name), Arrays.copyOf(whole, length));
            refuses(() -> TorchFile.open(file), file.toString());
        }
    }

    @Test
    void otherFilesAreRefusedByWhatTheyAre() throws IOException {
        refuses(() -> TorchFile.open(folder.resolve("missing.pth")), "missing.pth", "does not exist");
        Path text = Files.writeString(folder.resolve("text.pth"), "version https://git-lfs.github.com/spec/v1");
        refuses(() -> TorchFile.open(text), text.toString(), "neither a zip archive nor a pickle");
        Path pickle = Files.write(folder.resolve("plain.pth"), bytes("\200\002}."));
        refuses(() -> TorchFile.open(pickle), pickle.toString(), "not written by torch.save");
    }

    private void refusesPickle(String pickle, String message) throws IOException {
        Path file = legacy(pickle);
        refuses(() -> TorchFile.open(file), file.toString(), message);
    }

    static void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable action, String... messages) {
        assertThatThrownBy(action).isInstanceOf(NanogptException.class).hasMessageContainingAll(messages);
    }

    /** A legacy file whose object is this pickle, and with it a storage "0" of four floats if it names one. */
    private Path legacy(String pickle) throws IOException {
        String head = "\200\002\212\012l\374\234F\371 j\250P\031." + "\200\002M\351\003." + "\200\002}X"
                + length("little_endian") + "little_endian\210s.";
        String listed = "X" + length("0") + "0a.\004\0\0\0\0\0\0\0" + "\0".repeat(16);
        String tail = "\200\002]" + (pickle.contains("storage") ? listed : ".");
        return Files.write(folder.resolve("made.pth"), bytes(head + "\200\002" + pickle + tail));
    }

    /** {@code {"w": tensor}} over the storage "0", declared to have {@code storage} elements. */
    private static String tensor(int storage, int offset, List<Integer> sizes, List<Integer> strides) {
        return "}X" + length("w") + "wctorch._utils\n_rebuild_tensor_v2\n((X" + length("storage")
                + "storagectorch\nFloatStorage\nX" + length("0") + "0X" + length("cpu") + "cpuK" + (char) storage
                + "tQK"
                + (char) offset + tuple(sizes) + tuple(strides) + "\211NtRs.";
    }

    private static String tuple(List<Integer> values) {
        StringBuilder text = new StringBuilder("(");
        values.forEach(value -> text.append('K').append((char) (int) value));
        return text.append('t').toString();
    }

    private static String length(String text) {
        return (char) text.length() + "\0\0\0";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
