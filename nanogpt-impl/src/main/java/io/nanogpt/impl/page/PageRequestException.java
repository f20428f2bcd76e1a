package io.nanogpt.impl.page;

/** A request that is refused: its status and a sentence for the reader. */
final class PageRequestException extends Exception {
    final int status;

    PageRequestException(int status, String message) {
        super(message);
        this.status = status;
    }
}
