package io.nanogpt.examples.benchmarks.hostile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Changes one entry of an archive and packs it again with right lengths and checksums, so that readers get to the entry. */
final class ZipMutation {
    private ZipMutation() {}

    static byte[] mutate(byte[] archive, SplittableRandom random) {
        try {
            Map<String, byte[]> entries = entries(archive);
            if (entries.isEmpty()) {
                return ByteMutation.mutate(archive, random);
            }
            String name = entries.keySet().stream()
                    .skip(random.nextInt(entries.size()))
                    .findFirst()
                    .orElseThrow();
            // The pickle is the one with a structure; the others are numbers.
            String pickle = entries.keySet().stream()
                    .filter(entry -> entry.endsWith(".pkl"))
                    .findFirst()
                    .orElse(name);
            String chosen = random.nextInt(4) == 0 ? name : pickle;
            if (random.nextInt(20) == 0) {
                entries.remove(chosen);
            } else {
                entries.computeIfPresent(chosen, (key, content) -> ByteMutation.mutate(content, random));
            }
            return archive(entries, random.nextInt(8) == 0);
        } catch (IOException | IllegalArgumentException e) {
            // An earlier change broke the archive itself, or the name of an entry.
            return ByteMutation.mutate(archive, random);
        }
    }

    private static Map<String, byte[]> entries(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    /**
     * Packs entries.
     *
     * @param compressed whether they are compressed, which PyTorch never does
     */
    static byte[] archive(Map<String, byte[]> entries, boolean compressed) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                if (!compressed) {
                    CRC32 checksum = new CRC32();
                    checksum.update(each.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(each.getValue().length);
                    entry.setCrc(checksum.getValue());
                }
                out.putNextEntry(entry);
                out.write(each.getValue());
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
