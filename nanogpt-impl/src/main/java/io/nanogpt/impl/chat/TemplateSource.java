package io.nanogpt.impl.chat;

import io.nanogpt.NanogptException;

/**
 * The text of a template.
 *
 * @param name of the template, for messages
 */
record TemplateSource(String name, String text) {
    /** An exception that names a place of the template. */
    NanogptException error(int at, String what) {
        int line = 1;
        int begin = 0;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                begin = i + 1;
            }
        }
        return new NanogptException(name + ", line " + line + ", column " + (at - begin + 1) + ": " + what);
    }

    /** An exception for what Jinja has and this library does not. */
    NanogptException unsupported(int at, String what) {
        return error(
                at,
                what + " is not supported in chat templates; rewrite the template without it, or use one of"
                        + " ChatTemplate.chatMl(), llama3(), gemma() and plain()");
    }
}
