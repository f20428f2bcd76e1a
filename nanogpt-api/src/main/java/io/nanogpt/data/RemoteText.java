package io.nanogpt.data;

import io.nanogpt.spi.Library;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A text file on the network, and the file that keeps it here. Only {@link #download()} uses the network, and only if
 * the file does not exist.
 *
 * <pre>{@code
 * Corpus plays = Corpus.ofFiles(RemoteText.tinyShakespeare(Path.of("tiny-shakespeare.txt")).download());
 * }</pre>
 *
 * @param address where the text is
 * @param file the file that keeps it
 * @param bytes its length, if it is known
 * @param sha256 its SHA-256 in hexadecimal, if it is known
 */
public record RemoteText(URI address, Path file, OptionalLong bytes, Optional<String> sha256) {
    private static final String STORIES = "https://huggingface.co/datasets/roneneldan/TinyStories/resolve/main/";

    /** @throws IllegalArgumentException if the address is not http or https, or the SHA-256 has not 64 digits */
    public RemoteText {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(bytes, "bytes");
        sha256 = sha256.map(digits -> digits.toLowerCase(Locale.ROOT));
        if (address.getScheme() == null || !address.getScheme().matches("https?")) {
            throw new IllegalArgumentException("address must be an http or https address, but is " + address);
        }
        if (sha256.isPresent() && !sha256.get().matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256 must be 64 hexadecimal digits, but is \"" + sha256.get() + "\"");
        }
    }

    /** Returns Tiny Shakespeare, 1.1 MB of plays, from the repository of char-rnn. */
    public static RemoteText tinyShakespeare(Path file) {
        return new RemoteText(
                URI.create("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"),
                file,
                OptionalLong.of(1_115_394),
                Optional.of("86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"));
    }

    /** Returns the validation part of TinyStories, version 2, by GPT-4 alone: 22 MB of stories. */
    public static RemoteText tinyStoriesValidation(Path file) {
        return new RemoteText(
                URI.create(STORIES + "TinyStoriesV2-GPT4-valid.txt"),
                file,
                OptionalLong.of(22_502_601),
                Optional.empty());
    }

    /** Returns the training part of TinyStories, version 2, by GPT-4 alone: 2.2 GB of stories. */
    public static RemoteText tinyStoriesTraining(Path file) {
        return new RemoteText(
                URI.create(STORIES + "TinyStoriesV2-GPT4-train.txt"), file, OptionalLong.empty(), Optional.empty());
    }

    /**
     * Downloads the text if the file does not exist, and otherwise compares the file with length and SHA-256. The file
     * is complete or absent.
     *
     * @return the file
     * @throws io.nanogpt.NanogptException if the server refuses, or what it sends or the file has another length or
     *     SHA-256
     * @throws java.io.UncheckedIOException if the server cannot be reached or the file cannot be written
     */
    public Path download() {
        Library.get().corpora().download(this);
        return file;
    }
}
