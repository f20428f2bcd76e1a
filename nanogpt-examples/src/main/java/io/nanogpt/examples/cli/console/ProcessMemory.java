package io.nanogpt.examples.cli.console;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The most memory that this process has taken.
 *
 * @param bytes the number of bytes
 * @param measure what they are: the resident set of the process, heap, code and libraries included, where the operating
 *     system has it (Linux), otherwise the Java heap in use, which includes garbage
 */
public record ProcessMemory(long bytes, String measure) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    /** The peak up to now. */
    public static ProcessMemory peak() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(PEAK))
                    .map(line -> line.replaceAll("\\D", ""))
                    .map(kilobytes -> new ProcessMemory(1024 * Long.parseLong(kilobytes), "resident set"))
                    .findFirst()
                    .orElseGet(ProcessMemory::heap);
        } catch (IOException e) {
            return heap(); // Another system than Linux.
        }
    }

    static ProcessMemory heap() {
        long bytes = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                .sum();
        return new ProcessMemory(bytes, "Java heap");
    }
}
