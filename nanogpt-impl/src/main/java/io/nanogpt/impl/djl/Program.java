package io.nanogpt.impl.djl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The source of a TorchScript module without weights, and the archive that PyTorch loads. */
final class Program {
    /** The operator set version of the source, of PyTorch 1.12 to 2.x. */
    private static final String VERSION = "10\n";
    /** A pickled object of the class {@code Program} with one attribute, {@code training = False}. */
    private static final String OBJECT =
            "\u0080\u0002c__torch__\nProgram\n)\u0081}X\b\u0000\u0000\u0000training\u0089sb.";
    /** A pickled empty tuple. */
    private static final String NO_CONSTANTS = "\u0080\u0002).";

    private static final String HEAD = """
            class Program(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
            """;

    private final StringBuilder source = new StringBuilder(HEAD);

    /** Appends the methods of a resource beside this class. */
    Program include(String resource) {
        try (InputStream in = Program.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + resource + " is missing from the library's jar");
            }
            return append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends a method, indented by two spaces. */
    Program append(String method) {
        source.append(method).append('\n');
        return this;
    }

    String source() {
        return source.toString();
    }

    /** The archive in the format of {@code torch::jit::load}. */
    byte[] archive() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            entry(zip, "data.pkl", OBJECT.getBytes(StandardCharsets.ISO_8859_1));
            entry(zip, "code/__torch__.py", source().getBytes(StandardCharsets.UTF_8));
            entry(zip, "constants.pkl", NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
            entry(zip, "version", VERSION.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void entry(ZipOutputStream zip, String name, byte[] data) throws IOException {
        ZipEntry entry = new ZipEntry("program/" + name);
        CRC32 crc = new CRC32();
        crc.update(data);
        entry.setCrc(crc.getValue());
        entry.setSize(data.length);
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }
}
