package io.nanogpt.impl.progress;

import java.io.Writer;

/** A writer that logs each line as one record. */
final class LogLines extends Writer {
    private final System.Logger logger;
    private final StringBuilder line = new StringBuilder();

    LogLines(System.Logger logger) {
        this.logger = logger;
    }

    @Override
    public void write(char[] characters, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (characters[i] != '\n') {
                line.append(characters[i]);
                continue;
            }
            logger.log(System.Logger.Level.INFO, line.toString().stripTrailing());
            line.setLength(0);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
