package io.nanogpt.impl.chat;

import io.nanogpt.chat.Message;
import io.nanogpt.spi.ChatRenderer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chat template in the language of Jinja, rendered as by transformers' {@code apply_chat_template}. */
public final class JinjaTemplate implements ChatRenderer {
    private final TemplateSource source;
    private final List<Statement> statements;

    private JinjaTemplate(TemplateSource source) {
        this.source = source;
        statements = TemplateParser.parse(source);
    }

    /**
     * Reads a template.
     *
     * @param name of the template, for messages
     * @throws io.nanogpt.NanogptException naming the place of what is wrong or not supported
     */
    public static JinjaTemplate parse(String text, String name) {
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        return new JinjaTemplate(
                new TemplateSource(name, lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines));
    }

    @Override
    public Rendered render(
            List<Message> messages, Optional<String> beginToken, Optional<String> endToken, boolean generationPrompt) {
        long characters = 0;
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            characters += message.content().length();
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("role", Text.of(message.role().text()));
            members.put("content", Text.of(message.content(), i));
            values.add(members);
        }
        Scope scope = new Scope(null);
        scope.set("messages", values);
        scope.set("tools", Values.NONE);
        scope.set("documents", Values.NONE);
        scope.set("add_generation_prompt", generationPrompt);
        beginToken.ifPresent(token -> scope.set("bos_token", Text.of(token)));
        endToken.ifPresent(token -> scope.set("eos_token", Text.of(token)));
        return new Rendering(source, new Budget(source, messages.size(), characters)).render(statements, scope);
    }
}
