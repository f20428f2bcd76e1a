package io.nanogpt.examples.benchmarks.hostile;

import java.nio.file.Path;

/**
 * A file of a format that the library reads, and a way to read it.
 *
 * @param name a class of inputs
 * @param folder a folder with a valid file and those that it is read with
 * @param file the name of the file that is changed
 * @param format the structure of the file
 * @param reader reads the file in a copy of the folder
 * @param writes whether the reader also writes to the folder, as resuming a run does
 */
record Subject(String name, Path folder, String file, Format format, Reader reader, boolean writes) {
    /** Structures that mutations keep partly intact. */
    enum Format {
        /** A JSON document. */
        JSON,
        /** Lines of text, or comma-separated values. */
        LINES,
        /** Safetensors: a length, a JSON header, the data. */
        SAFETENSORS,
        /** A ZIP archive. */
        ZIP,
        /** Protocol buffers. */
        PROTOBUF,
        /** Any other bytes. */
        BYTES
    }

    /** Reads a file of a folder and uses what was read. */
    @FunctionalInterface
    interface Reader {
        /** Reads. */
        void read(Path folder) throws Exception;
    }

    Subject(String name, Path folder, String file, Format format, Reader reader) {
        this(name, folder, file, format, reader, false);
    }
}
