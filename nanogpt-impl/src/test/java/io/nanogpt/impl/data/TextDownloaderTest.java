package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.nanogpt.NanogptException;
import io.nanogpt.data.RemoteText;
import io.nanogpt.impl.files.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a local server, which breaks off its first answers. */
@Tag("any-jdk")
class TextDownloaderTest {
    private static final byte[] TEXT = "the cells are µ small\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);

    private final AtomicInteger requests = new AtomicInteger();
    private final TextDownloader downloader =
            new TextDownloader(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(20)));

    @TempDir
    private Path folder;

    private HttpServer server;
    private int broken;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/text", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, TEXT.length);
                // Closing an exchange before its announced length breaks the connection off.
                int sent = requests.getAndIncrement() < broken ? TEXT.length / 2 : TEXT.length;
                exchange.getResponseBody().write(TEXT, 0, sent);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void downloadsOnceAndKeepsTheFile() throws IOException {
        RemoteText text = text(OptionalLong.of(TEXT.length), Optional.of(Sha256.of(TEXT)));
        downloader.download(text);
        assertThat(text.file()).hasBinaryContent(TEXT);
        server.stop(0);
        downloader.download(text);
        assertThat(requests).hasValue(1);
    }

    @Test
    void anAnswerThatBreaksOffIsAskedForAgain() {
        broken = 2;
        downloader.download(text(OptionalLong.empty(), Optional.empty()));
        assertThat(folder.resolve("text.txt")).hasBinaryContent(TEXT);
        assertThat(requests).hasValue(3);
    }

    @Test
    void aConnectionThatKeepsBreakingLeavesNothing() {
        broken = 9;
        assertThatThrownBy(() -> downloader.download(text(OptionalLong.empty(), Optional.empty())))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("after 3 attempts")
                .hasMessageContaining("nothing was written");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void withoutANetworkItGivesUpSoonAndNamesTheServer() {
        server.stop(0);
        TextDownloader patient = new TextDownloader(new RetryPolicy(99, Duration.ofMillis(1), Duration.ofMillis(1)));
        assertThatThrownBy(() -> patient.download(text(OptionalLong.empty(), Optional.empty())))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("after 3 attempts: no connection to localhost; check the network");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anotherTextIsRefusedAndNotKept() {
        assertThatThrownBy(() -> downloader.download(text(OptionalLong.of(7), Optional.empty())))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("expected 7 bytes, but found more; nothing was written");
        assertThatThrownBy(() -> downloader.download(text(OptionalLong.of(TEXT.length + 1), Optional.empty())))
                .hasMessageContaining("but found " + TEXT.length + "; nothing was written");
        assertThatThrownBy(() -> downloader.download(text(OptionalLong.empty(), Optional.of("0".repeat(64)))))
                .hasMessageContaining("but found " + Sha256.of(TEXT) + "; nothing was written");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileWithAnotherTextIsNamedAndLeftAlone() throws IOException {
        RemoteText text = text(OptionalLong.of(TEXT.length), Optional.empty());
        Files.writeString(text.file(), "mine");
        assertThatThrownBy(() -> downloader.download(text))
                .hasMessageContaining("but found 4; delete it to download the text again");
        assertThat(text.file()).hasContent("mine");
        assertThat(requests).hasValue(0);
    }

    private RemoteText text(OptionalLong bytes, Optional<String> sha256) {
        URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/text");
        return new RemoteText(address, folder.resolve("text.txt"), bytes, sha256);
    }
}
