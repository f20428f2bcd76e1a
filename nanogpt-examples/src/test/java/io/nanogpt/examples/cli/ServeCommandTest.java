package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
@Timeout(300)
class ServeCommandTest {
    private static final Pattern URL = Pattern.compile("\"url\":\"(http://127.0.0.1:\\d+)\"");

    @TempDir
    private Path folder;

    @Test
    void aServedModelWritesTheTextsOfTheCommandLineAndEndsWithSigterm() throws Exception {
        Path model = folder.resolve("cats");
        String text;
        try (LanguageModel trained = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .training(settings -> settings.steps(20))
                .train(Corpus.ofText("the cat sat on the mat. ".repeat(60)))) {
            trained.save(model);
            text = trained.generate(
                    "the", GenerationOptions.defaults().withMaxTokens(12).withSeed(3));
        }
        String key =
                Files.writeString(folder.resolve("key.txt"), "top secret\n").toString();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dnanogpt.relaunch=false",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve",
                        "--model",
                        model.toString(),
                        "--port",
                        "0",
                        "--api-key-file",
                        key,
                        "--json")
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            assertThat(line).as(Files.readString(folder.resolve("errors.txt"))).contains("\"model\":\"cats\"");
            Matcher url = URL.matcher(line);
            assertThat(url.find()).isTrue();
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.group(1) + "/v1/completions"))
                    .POST(BodyPublishers.ofString("{\"prompt\": \"the\", \"max_tokens\": 12, \"seed\": 3}"));
            HttpClient client = HttpClient.newHttpClient();
            assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(401);
            HttpResponse<String> answer = client.send(
                    request.header("Authorization", "Bearer top secret").build(), BodyHandlers.ofString());
            assertThat(answer.body()).contains("\"text\":\"" + text + "\"");
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatCannotWorkIsRefused() throws Exception {
        Path model = folder.resolve("cats");
        try (LanguageModel counts = LanguageModel.ngram(
                Corpus.ofText("the cat"), Tokenizers.characters().train(Corpus.ofText("the cat")), 2)) {
            counts.save(model);
        }
        String empty = Files.writeString(folder.resolve("empty.txt"), " \n").toString();
        badInput(
                "without a key; give it a key, or set --without-key if that is meant",
                "serve",
                "--model",
                model.toString(),
                "--host",
                "0.0.0.0",
                "--port",
                "0");
        badInput("must have the key as its only line", "serve", "--model", model.toString(), "--api-key-file", empty);
        badInput(
                "give --api-key-file or --without-key, not both",
                "serve",
                "--model",
                model.toString(),
                "--api-key-file",
                empty,
                "--without-key");
        badInput(
                "--port must be from 0 to 65535, but is 70000",
                "serve",
                "--model",
                model.toString(),
                "--port",
                "70000");
        badInput("--timeout must be above 0", "serve", "--model", model.toString(), "--timeout", "0");
        badInput("give the model with --model DIR or --onnx DIR", "serve");
    }
}
