package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Malformed files fail when they are opened, with an error that names the file. */
@Tag("any-jdk")
class BrokenSafetensorsTest {
    private static final String WHOLE = "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

    @TempDir
    Path folder;

    @Test
    void aWholeFileIsRead() throws IOException {
        try (SafetensorsFile read = SafetensorsFile.open(file(WHOLE, 8))) {
            assertThat(read.floats("w")).containsExactly(0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}      | broken JSON",
                "['w']                                                      | must be an object",
                "{'w':7}                                                    | tensor w must be an object",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} {}  | nothing more",
                "{'w':{'dtype':'F32','shape':[2]}}                          | lacks one of them",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}}  | has a field x",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8,8]}}   | [begin, end]",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}     | [begin, end]",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}    | negative number -8",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8.0]}}   | array of integers",
                "{'w':{'dtype':'F32','shape':'2','data_offsets':[0,8]}}     | array of integers",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,16]}}    | the file holds only 8",
                "{'w':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}     | needs 12 bytes",
                "{'w':{'dtype':'F64','shape':[2],'data_offsets':[0,8]}}     | needs 16 bytes",
                "{'w':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,8]}}  | invalid shape",
                "{'w':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}  | broken JSON",
                "{'w':{'dtype':'Q4','shape':[2],'data_offsets':[0,8]}}      | unknown dtype Q4",
                "{'w':{'dtype':4,'shape':[2],'data_offsets':[0,8]}}         | dtype must be a string",
                "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}     | the file holds 8",
                "{'w':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}     | leave a hole",
                "{}                                                         | the file holds 8",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'v':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}"
                        + " | overlap",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}"
                        + " | Duplicate",
                "{'w':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}} | Duplicate",
                "{'__metadata__':{'a':1},'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | a must be a string",
                "{'__metadata__':'a','w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | an object of strings",
            })
    void aWrongHeaderIsRefused(String header, String message) throws IOException {
        refuses(file(header, 8), message);
    }

    @Test
    void aFileOfAFewBytesIsRefused() throws IOException {
        refuses(Files.write(folder.resolve("model.safetensors"), new byte[5]), "it has 5 bytes");
        refuses(Files.write(folder.resolve("model.safetensors"), new byte[0]), "it has 0 bytes");
    }

    @Test
    void aHeaderLengthBeyondTheFileIsRefusedWithoutAskingForMemory() throws IOException {
        for (long length : new long[] {1000, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            refuses(Files.write(folder.resolve("model.safetensors"), bytes.array()), "only 92 follow");
        }
    }

    @Test
    void aHeaderThatIsNotUtf8IsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(file(WHOLE, 8));
        bytes[10] = (byte) 0xC3;
        refuses(
                Files.write(folder.resolve("model.safetensors"), bytes),
                "its header is not UTF-8; copy or download it again");
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        refuses(file("[".repeat(100_000), 0), "must be an object");
        refuses(file("{'w':".repeat(100_000), 0), "has a field w");
    }

    @Test
    void everyTruncationOfAFixtureIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(SafetensorsTest.fixture("init.safetensors"));
        for (int length = 0; length < whole.length; length += length < 3000 ? 7 : 501) {
            refuses(
                    Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(whole, length)),
                    "model.safetensors");
        }
        refuses(Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(whole, whole.length + 1)), "holds");
    }

    @Test
    void noMutationOfAHeaderMakesMoreThanAClearError() throws IOException {
        byte[] whole = Files.readAllBytes(SafetensorsTest.fixture("init.safetensors"));
        SplittableRandom random = new SplittableRandom(1);
        int headerEnd =
                8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] mutated = whole.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                mutated[random.nextInt(headerEnd)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("model.safetensors"), mutated);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                read.names().stream()
                        .filter(name -> read.dtype(name).equals("F32"))
                        .forEach(read::floats);
            } catch (NanogptException e) {
                assertThat(e).hasMessageContaining("model.safetensors");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    @Test
    void aMissingFileIsNamed() {
        refuses(folder.resolve("missing.safetensors"), "missing.safetensors");
    }

    private static void refuses(Path file, String message) {
        assertThatThrownBy(() -> SafetensorsFile.open(file).close())
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .array());
        out.write(json);
        out.write(new byte[dataBytes]);
        return Files.write(folder.resolve("model.safetensors"), out.toByteArray());
    }
}
