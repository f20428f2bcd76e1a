package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.EmptyFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a file of weights is by its first bytes, whatever its name. */
enum FirstBytes {
    /** A length and a JSON object. */
    SAFETENSORS,
    /** A zip archive or a pickle. */
    TORCH,
    /** A file of llama.cpp. */
    GGUF,
    /** None of these, nor anything that is known not to be weights. */
    OTHER;

    private static final int READ = 512;
    private static final int LENGTH_BYTES = 8;

    /** A kind of files that are not read, with what to do. */
    private record Refused(String start, String what) {}

    private static final List<Refused> REFUSED = List.of(
            new Refused(
                    "version https://git-lfs",
                    "is a pointer of Git LFS in the place of the file; run `git lfs pull` in its folder, or download the"
                            + " file itself"),
            new Refused("\u001f\u008b", "is compressed by gzip; unpack it with gunzip first"),
            new Refused("(\u00b5/\u00fd", "is compressed by zstd; unpack it with unzstd first"),
            new Refused("BZh", "is compressed by bzip2; unpack it with bunzip2 first"),
            new Refused("\u00fd7zXZ", "is compressed by xz; unpack it with unxz first"),
            new Refused("7z\u00bc\u00af", "is a 7z archive; unpack it first"),
            new Refused("PAR1", "is a Parquet file, which holds data and no weights; give safetensors"),
            new Refused(
                    "\u0093NUMPY", "is an array of NumPy; save all weights in one file in Python, best as safetensors"),
            new Refused(
                    "\u0089HDF",
                    "is an HDF5 file, as Keras and TensorFlow write it; save the weights in Python as safetensors"),
            new Refused("%PDF", "is a PDF document; give the weights"),
            new Refused("\u0089PNG", "is a PNG image; give the weights"),
            new Refused("\u00ff\u00d8\u00ff", "is a JPEG image; give the weights"),
            new Refused("GIF8", "is a GIF image; give the weights"));

    private static final List<String> PAGES = List.of("<!doctype html", "<html", "<?xml");

    /**
     * Recognises a file.
     *
     * @throws NanogptException if it is of a kind that holds no weights, or none that are read, with what to do
     */
    static FirstBytes of(Path file) {
        EmptyFiles.refuse(file);
        byte[] bytes = start(file);
        String start = new String(bytes, StandardCharsets.ISO_8859_1);
        for (Refused refused : REFUSED) {
            if (start.startsWith(refused.start())) {
                throw new NanogptException(file + " " + refused.what());
            }
        }
        if (start.startsWith("GGUF")) {
            return GGUF;
        }
        String text = start.stripLeading().toLowerCase(Locale.ROOT);
        if (PAGES.stream().anyMatch(text::startsWith)) {
            throw new NanogptException(file + " is a web page in the place of the file: the download gave an error or a"
                    + " login; download it again, from the address of the file itself");
        }
        if (start.startsWith("ustar", 257)) {
            throw new NanogptException(file + " is a tar archive; unpack it first");
        }
        if (start.startsWith("PK") || (bytes.length > 1 && bytes[0] == (byte) 0x80 && bytes[1] <= 5)) {
            return TORCH;
        }
        // The length is little endian and below 2 to the 32.
        boolean header = bytes.length > LENGTH_BYTES && bytes[LENGTH_BYTES] == '{';
        return header && start.startsWith("\0\0\0\0", LENGTH_BYTES / 2) ? SAFETENSORS : OTHER;
    }

    /** Whether a path is a file of llama.cpp. */
    static boolean isGguf(Path file) {
        return new String(start(file), StandardCharsets.ISO_8859_1).startsWith("GGUF");
    }

    /** Why a file cannot be loaded where a saved model was expected, with what to do. */
    static NanogptException noModel(Path file) {
        String what = switch (of(file)) {
            case SAFETENSORS, TORCH ->
                "holds weights without a description of their model; import them (nanogpt import,"
                        + " LanguageModel.importWeights)";
            case GGUF -> "is a GGUF file, where a folder is needed";
            case OTHER -> "is a file, but no GGUF file";
        };
        return new NanogptException(file + " " + what + "; give a folder that LanguageModel.save or Hugging Face's"
                + " transformers wrote, or a GGUF file");
    }

    /** The first bytes; none of a file that cannot be read, whose reader says why. */
    private static byte[] start(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            return new byte[0];
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(READ);
        } catch (IOException e) {
            throw new NanogptException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
