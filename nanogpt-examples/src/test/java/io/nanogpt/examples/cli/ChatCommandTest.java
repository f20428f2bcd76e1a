package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --chats} and {@code chat}. */
@Tag("any-jdk")
class ChatCommandTest {
    @TempDir
    private Path folder;

    private static Outcome chat(String input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return run(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private List<String> train(Path chats, Path model) {
        return new ArrayList<>(List.of(
                "train",
                "--chats",
                chats.toString(),
                "--layers",
                "1",
                "--heads",
                "2",
                "--embedding-size",
                "32",
                "--context-length",
                "64",
                "--batch-size",
                "4",
                "--learning-rate",
                "0.01",
                "--steps",
                "200",
                "--eval-every",
                "200",
                "--eval-batches",
                "1",
                "--threads",
                "1",
                "--out",
                model.toString()));
    }

    @Test
    void aModelWithoutATemplateIsGivenOneByAnOption() throws IOException {
        Path model = folder.resolve("untold");
        String text = Files.writeString(folder.resolve("a.txt"), "User: hello\n\nAssistant: good day\n\n".repeat(20))
                .toString();
        List<String> arguments = train(Path.of("-"), model);
        arguments.set(1, "--data");
        arguments.set(2, text);
        arguments.set(arguments.indexOf("200"), "1");
        Outcome trained = run(arguments.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        badInput(
                "this model has no chat template, which says how messages are written; give the one that it was trained"
                        + " with: --chat-template chatml, llama3, gemma or plain",
                "chat",
                "--model",
                model.toString());
        Outcome answered = chat("hello\n", "chat", "--model", model.toString(), "--chat-template", "plain");
        assertThat(answered.code()).as(answered.err()).isZero();
    }

    @Test
    void aModelIsTrainedOnConversationsAndAnswers() throws IOException {
        Path chats = Files.writeString(
                folder.resolve("chats.jsonl"), "{\"prompt\": \"hello\", \"response\": \"good day\"}\n".repeat(40));
        Path model = folder.resolve("model");
        Outcome trained = run(train(chats, model).toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(model.resolve("chat_template.jinja")).exists();
        Outcome answered = chat("\nhello\n", "chat", "--model", model.toString(), "--greedy");
        assertThat(answered.code()).as(answered.err()).isZero();
        assertThat(answered.out()).isEqualToNormalizingNewlines("good day\n");
        Outcome json = chat("hello\n", "chat", "--model", model.toString(), "--greedy", "--json");
        assertThat(json.lastLine()).isEqualTo("{\"answers\":[\"good day\"]}");
        assertThat(json.keys()).containsExactly("answers");
        // Another template than that of the training is taken where it is given.
        badInput("chat_template", "chat", "--model", model.toString(), "--chat-template", folder.toString());
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        Path chats = Files.writeString(folder.resolve("chats.jsonl"), "{\"prompt\": \"a\", \"response\": \"b\"}\n{}\n");
        Path model = folder.resolve("model");
        badInput("chats.jsonl, line 2", train(chats, model).toArray(String[]::new));
        List<String> both = train(chats, model);
        both.add("--sample");
        badInput("--chats takes the place of --data and --sample", both.toArray(String[]::new));
        List<String> ordered = train(chats, model);
        ordered.add("--records");
        badInput("have no effect with --chats", ordered.toArray(String[]::new));
        badInput(
                "--chat-template needs --chats",
                "train",
                "--sample",
                "--chat-template",
                "chatml",
                "--out",
                model.toString());
    }
}
