package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nanogpt.data.Corpus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Corpora that are one line: memory grows with the file's size. */
class LongLineTest {
    private static final String LINE = "one line of words ".repeat(400_000);

    @TempDir
    private Path folder;

    @Test
    void everyReaderTakesALongLine() throws IOException {
        reads("a.txt", LINE, file -> Corpus.ofFiles(file));
        reads("a.json", "[\"" + LINE + "\"]", Corpus::ofJson);
        reads("a.jsonl", "{\"text\":\"" + LINE + "\"}", file -> Corpus.ofJsonLines(file, "text"));
        reads("a.csv", "text\n\"" + LINE + "\"\n", file -> Corpus.ofCsv(file, "text"));
    }

    private void reads(String name, String content, Function<Path, Corpus> reader) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Corpus corpus = reader.apply(file);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(corpus.records()).as(name).containsExactly(LINE);
        assertThat(allocated).as(name).isLessThan(16L * content.length());
    }
}
