package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.chat.Message;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ChatTemplateOption;
import io.nanogpt.examples.cli.options.GenerateOptions;
import io.nanogpt.examples.cli.options.ModelSource;
import io.nanogpt.generate.GenerationOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code chat} verb. */
@Command(
        name = "chat",
        description = "Answer messages of standard input, one a line, until its end (Ctrl-D).",
        footer = {
            "  nanogpt chat --model my-chat",
            "  echo \"What is a cell?\" | nanogpt chat --model my-chat --greedy",
            "  nanogpt chat --model my-chat --system \"Be brief.\" --chat-template chatml"
        })
final class ChatCommand extends Verb {
    @Mixin
    private ModelSource source = new ModelSource();

    @Mixin
    private ChatTemplateOption template = new ChatTemplateOption();

    @Option(names = "--system", paramLabel = "TEXT", description = "instructions before the first message")
    private @Nullable String system;

    @Mixin
    private GenerateOptions generation = new GenerateOptions();

    @Override
    public Integer call() throws IOException {
        GenerationOptions options = generation.options();
        try (LanguageModel model = source.open()) {
            template.template().ifPresent(model::chatTemplate);
            require(
                    model.chatTemplate().isPresent(),
                    "this model has no chat template, which says how messages are written; give the one that it was"
                            + " trained with: --chat-template chatml, llama3, gemma or plain, or a file with one");
            model.chatPrompt(List.of(Message.user(""))); // Refuses a model without a template before anything is read.
            answer(model, options, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        }
        return 0;
    }

    private void answer(LanguageModel model, GenerationOptions options, BufferedReader lines) throws IOException {
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(Message.system(system));
        }
        List<String> answers = new ArrayList<>();
        PrintWriter out = out();
        for (String line = next(lines); line != null; line = next(lines)) {
            messages.add(Message.user(line));
            String answer = model.chat(messages, options, token -> {
                if (!json()) {
                    out.print(token.text());
                    out.flush();
                }
            });
            if (!json()) {
                out.println();
                out.flush();
            }
            messages.add(Message.assistant(answer));
            answers.add(answer);
        }
        if (json()) {
            out.println(new JsonLine().put("answers", answers));
            out.flush();
        }
    }

    /** The next message: a line that is not blank. */
    private @Nullable String next(BufferedReader lines) throws IOException {
        err().print("> ");
        err().flush();
        String line = lines.readLine();
        while (line != null && line.isBlank()) {
            line = lines.readLine();
        }
        if (line == null) {
            err().println();
        }
        return line;
    }
}
