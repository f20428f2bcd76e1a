package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.examples.cli.options.Escapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @TempDir
    private Path folder;

    @Test
    void numbersWithoutEndAreRefused() {
        String none = folder.resolve("none").toString();
        String[][] options = {
            {"--threads", "100000", "1 to 1024"},
            {"--batch-size", "100000", "1 to 65536"},
            {"--layers", "1000000", "1 to 1024"}
        };
        for (String[] option : options) {
            badInput(
                    option[0] + " must be from " + option[2] + ", but is " + option[1],
                    List.of("train", "--sample", "--out", none, option[0], option[1])
                            .toArray(String[]::new));
        }
        badInput(
                "--beams must be from 1 to 1024, but is 100000",
                List.of("generate", "--model", none, "--prompt", "a", "--beams", "100000")
                        .toArray(String[]::new));
    }

    @Test
    void trainEvaluateGenerateAndLogits() throws IOException {
        String text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat. ".repeat(60))
                .toString();
        String model = folder.resolve("model").toString();

        Outcome train = run(
                "train",
                "--data",
                text,
                "--layers",
                "1",
                "--heads",
                "2",
                "--embedding-size",
                "16",
                "--context-length",
                "8",
                "--batch-size",
                "2",
                "--steps",
                "20",
                "--eval-every",
                "10",
                "--eval-batches",
                "2",
                "--threads",
                "1",
                "--json",
                "--out",
                model);
        assertThat(train.code()).as(train.err()).isZero();
        assertThat(train.keys())
                .containsExactly(
                        "parameters",
                        "vocabulary",
                        "trainTokens",
                        "validationTokens",
                        "steps",
                        "trainLoss",
                        "validationLoss",
                        "stepMillisMedian",
                        "tokensPerSecond",
                        "seconds",
                        "kernels",
                        "bitsPerByte",
                        "uniformLoss",
                        "unigramLoss",
                        "ngramLoss",
                        "ngramBitsPerByte",
                        "ngramOrder");
        assertThat(train.out()).containsPattern("\"kernels\": ?\"(vector|scalar)\"");
        assertThat(train.err()).contains("step 10/20: train loss");

        Outcome evaluate = run("evaluate", "--model", model, "--data", text, "--split", "all", "--full", "--json");
        assertThat(evaluate.code()).as(evaluate.err()).isZero();
        assertThat(evaluate.keys()).containsExactly("loss", "perplexity", "tokens", "bitsPerByte");

        Outcome generate = run(
                "generate",
                "--model",
                model,
                "--prompt",
                "the",
                "--samples",
                "2",
                "--max-tokens",
                "5",
                "--greedy",
                "--json");
        assertThat(generate.code()).as(generate.err()).isZero();
        assertThat(generate.keys()).containsExactly("samples", "tokensPerSecond");

        String[] constrained = {
            "generate",
            "--model",
            model,
            "--prompt",
            "the",
            "--regex",
            "( mat| cat){2}",
            "--top-p",
            "0.9",
            "--min-p",
            "0.01",
            "--typical",
            "0.95",
            "--top-k",
            "9",
            "--temperature",
            "2",
            "--repetition-penalty",
            "1.1",
            "--frequency-penalty",
            "0.1",
            "--presence-penalty",
            "0.1",
            "--forbid",
            "sat",
            "--max-tokens",
            "20",
            "--logprobs",
            "2",
            "--json"
        };
        Outcome scored = run(constrained);
        assertThat(scored.code()).as(scored.err()).isZero();
        assertThat(scored.keys()).containsExactly("samples", "tokensPerSecond", "tokens");
        assertThat(scored.lastLine())
                .containsPattern("\\[\"( mat| cat){2}\"\\]")
                .contains("\"best\":[{\"id\":");
        String[] printed = Arrays.copyOf(constrained, constrained.length - 1);
        assertThat(run(printed).out())
                .containsPattern("-\\d\\.\\d{4} +\\d+\\.\\d % \"[^\"]+\" +of \"[^\"]+\" \\d+\\.\\d %, ");

        Outcome beams = run(
                "generate",
                "--model",
                model,
                "--prompt",
                "the",
                "--beams",
                "3",
                "--no-repeat-ngram",
                "4",
                "--max-tokens",
                "6",
                "--json");
        assertThat(beams.code()).as(beams.err()).isZero();
        assertThat(beams.keys()).containsExactly("samples", "scores", "logProbabilities");

        Outcome logits = run("logits", "--model", model, "--tokens", "1,2,3", "--json");
        assertThat(logits.code()).as(logits.err()).isZero();
        assertThat(logits.keys()).containsExactly("logits");

        badInput("not among the", "generate", "--model", model, "--prompt", "\u00fc");
        badInput("--tokens must be ids from 0", "logits", "--model", model, "--tokens", "1,999");
    }

    @ParameterizedTest
    @CsvSource({
        "llama, --heads 2 --key-value-heads 1 --window 6",
        "tiny-transformer, '--heads 2 --positions learned --norm layer --norm-placement post --tied-head --betas"
                + " 0.9,0.98'",
        "transformer-lm, --heads 2 --activation silu --no-fused --rope-pairs halves --rope-theta 500 --head-bias",
        "algopath, --heads 2 --attention-scale 0.3 --initialization xavier-uniform --mlp-bias --hidden-ratio 2",
        "gpt2, --heads 2 --activation gelu --no-tied-head --no-query-key-value-bias",
        "lstm, --hidden-size 16",
        "k-gram-onehot, --hidden-size 16 --padding -1",
        "k-gram-embedding, --hidden-size 16 --window 2",
        "k-gram-conv, --hidden-size 16"
    })
    void everyPresetTrainsWithItsSwitches(String preset, String switches) throws IOException {
        String text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat. ".repeat(60))
                .toString();
        String model = folder.resolve("model").toString();
        List<String> arguments = new ArrayList<>(List.of("train", "--data", text, "--preset", preset, "--out", model));
        if (!preset.equals("k-gram-onehot")) {
            arguments.addAll(List.of("--embedding-size", "16"));
        }
        arguments.addAll(List.of("--layers", "1", "--context-length", "8", "--batch-size", "2", "--steps", "3"));
        arguments.addAll(List.of("--eval-batches", "1", "--json"));
        arguments.addAll(List.of(switches.split(" ", -1)));
        Outcome train = run(arguments.toArray(String[]::new));
        assertThat(train.code()).as(train.err()).isZero();

        Outcome attention = run("attention", "--model", model, "--text", "the cat", "--json");
        assertThat(attention.code()).as(attention.err()).isZero();
        assertThat(attention.keys()).containsExactly("tokens", "maps", "probabilities");
        Outcome account = run("account", "--model", model, "--json");
        assertThat(account.code()).as(account.err()).isZero();
    }

    @Test
    void accountsOfAPreset() throws IOException {
        Outcome table = run("account", "--preset", "transformer-lm-xl", "--memory-gb", "80", "--flops", "1e15");
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("2,127,057,600", "8.51 GB", "largest batch");
        Outcome json = run(
                "account",
                "--preset",
                "transformer-lm-xl",
                "--activation",
                "silu",
                "--memory-gb",
                "80",
                "--flops",
                "19.5e12",
                "--batch-size",
                "1024",
                "--json");
        assertThat(json.keys()).contains("components", "largestBatch", "trainingDays");
        assertThat(json.lastLine()).contains("\"parameters\":1635537600", "\"largestBatch\":5");
        badInput("no preset is named", "account", "--preset", "gpt5");
        badInput("not both", "account", "--preset", "gpt2", "--model", folder.toString());
        badInput("is no transformer", "account", "--preset", "lstm", "--heads", "2");
        badInput("--activation must be one of", "account", "--activation", "sine");
    }

    @Test
    void weightsOfOthersAreImported() throws IOException {
        String weights = "../nanogpt-impl/src/test/resources/fixtures/transformer-lm/init.safetensors";
        String model = folder.resolve("imported").toString();
        Outcome imported = run(
                "import",
                "--from",
                weights,
                "--family",
                "transformer-lm",
                "--heads",
                "4",
                "--context-length",
                "12",
                "--positions",
                "rotary-interleaved",
                "--rope-theta",
                "10000",
                "--norm",
                "rms",
                "--norm-placement",
                "pre",
                "--activation",
                "swiglu",
                "--json",
                "--out",
                model);
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(imported.keys()).containsExactly("parameters", "vocabulary", "contextLength", "architecture");
        Outcome logits = run("logits", "--model", model, "--tokens", "1,2,3", "--json");
        assertThat(logits.code()).as(logits.err()).isZero();

        Outcome wrong =
                run("import", "--from", weights, "--family", "gpt2", "--heads", "4", "--overwrite", "--out", model);
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("no tensor wte.weight");
    }

    @Test
    void runsAreLoggedInterruptedAndResumed() throws IOException {
        String text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat. ".repeat(60))
                .toString();
        String out = folder.resolve("model").toString();
        Path csv = folder.resolve("run.csv");
        List<String> options = List.of(
                "train",
                "--data",
                text,
                "--layers",
                "1",
                "--heads",
                "2",
                "--embedding-size",
                "16",
                "--context-length",
                "8",
                "--batch-size",
                "2",
                "--eval-every",
                "10",
                "--eval-batches",
                "2",
                "--threads",
                "1",
                "--json",
                "--out",
                out,
                "--schedule",
                "cosine",
                "--warmup",
                "5",
                "--floor",
                "0.1",
                "--clip",
                "1",
                "--accumulate",
                "2",
                "--max-minutes",
                "5",
                "--early-stop",
                "50",
                "--rollbacks",
                "2",
                "--optimizer",
                "sgd",
                "--momentum",
                "0.9",
                "--checkpoint-every",
                "10",
                "--resume",
                "--log",
                "csv=" + csv + ",jsonl=" + folder.resolve("run.jsonl"),
                "--sample-prompt",
                "the");
        Outcome first = run(with(options, "--steps", "20"));
        assertThat(first.code()).as(first.err()).isZero();
        Outcome second = run(with(options, "--steps", "30"));
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(second.lastLine()).contains("\"steps\":30");
        assertThat(Files.readAllLines(csv)).hasSizeGreaterThan(6);
        Outcome other = run(with(options, "--steps", "30", "--seed", "3"));
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("another seed");
        // A model without checkpoints is of no run that could go on.
        Files.move(Path.of(out, "checkpoints"), folder.resolve("checkpoints-elsewhere"));
        badInput("has a model already; give --overwrite", with(options, "--steps", "40"));
        badInput("--log must be", with(options, "--log", "xml=a"));
        badInput("--betas needs two numbers", "train", "--data", text, "--out", out, "--betas", "0.9");
        badInput("--betas needs --optimizer adamw", with(options, "--betas", "0.9,0.98"));
        badInput("--schedule must be", "train", "--data", text, "--out", out, "--schedule", "wild");

        Outcome rate = run(
                "find-lr",
                "--data",
                text,
                "--layers",
                "1",
                "--heads",
                "2",
                "--embedding-size",
                "16",
                "--context-length",
                "8",
                "--tries",
                "20",
                "--plot",
                folder.resolve("rates.svg").toString(),
                "--json");
        assertThat(rate.code()).as(rate.err()).isZero();
        assertThat(folder.resolve("rates.svg")).content().contains("suggestion: ");
        assertThat(rate.keys()).containsExactly("suggestion", "lowestLoss", "rates", "losses");
        Outcome batch = run(
                "find-batch",
                "--data",
                text,
                "--layers",
                "1",
                "--heads",
                "2",
                "--embedding-size",
                "16",
                "--context-length",
                "8",
                "--largest",
                "4",
                "--json");
        assertThat(batch.code()).as(batch.err()).isZero();
        assertThat(batch.keys()).containsExactly("fastest", "batches", "tokensPerSecond");
    }

    private static String[] with(List<String> options, String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void badInputIsOneLineAndCodeTwo() throws IOException {
        String out = folder.resolve("out").toString();
        String text = Files.writeString(folder.resolve("text.txt"), "some text. ".repeat(50))
                .toString();
        String csv = Files.writeString(folder.resolve("a.csv"), "caption\nx\n").toString();
        String broken = Files.writeString(folder.resolve("a.json"), "[\"x\",").toString();
        String empty = Files.writeString(folder.resolve("empty.txt"), "").toString();

        badInput("missing required option: --out DIR", "train", "--data", text);
        badInput("with --data PATH or --sample", "train", "--out", out);
        badInput("not both", "train", "--data", text, "--sample", "--out", out);
        badInput("missing.txt", "train", "--data", folder.resolve("missing.txt").toString(), "--out", out);
        badInput("--column", "train", "--data", csv, "--out", out);
        badInput("--column x is for", "train", "--data", text, "--column", "x", "--out", out);
        badInput("--column x is for", "train", "--sample", "--column", "x", "--out", out);
        badInput("a.json", "train", "--data", broken, "--out", out);
        badInput("the corpus is empty: " + empty + " has no text;", "train", "--data", empty, "--out", out);
        badInput(empty + " has no text;", "data", "show", "--data", empty);
        badInput(empty + " has no text;", "tokenizer", "train", "--type", "char", "--data", empty, "--out", out);
        badInput("leave; give --data with a text, or fewer", "data", "show", "--data", empty, "--drop-duplicates");
        badInput("heads", "train", "--data", text, "--heads", "3", "--out", out);
        badInput("steps must be at least 1", "train", "--data", text, "--steps", "0", "--out", out);
        badInput("dropout", "train", "--data", text, "--dropout", "1", "--out", out);
        badInput("--steps", "train", "--data", text, "--steps", "many", "--out", out);
        badInput("--out must be a path, but is empty", "train", "--data", text, "--out", "");
        badInput("--data must be a path, but is empty", "train", "--data", "", "--out", out);
        badInput("--out must be a folder", "train", "--data", text, "--out", csv);
        badInput("needs at least", "train", "--data", text, "--context-length", "5000", "--out", out);
        badInput(
                "--greedy takes no --temperature",
                "generate",
                "--model",
                out,
                "--prompt",
                "x",
                "--greedy",
                "--temperature",
                "1");
        badInput("--prompt must not", "generate", "--model", out, "--prompt", "");
        badInput("--samples must be", "generate", "--model", out, "--prompt", "x", "--samples", "0");
        badInput("temperature must be", "generate", "--model", out, "--prompt", "x", "--temperature", "-1");
        badInput("--regex is not", "generate", "--model", out, "--prompt", "x", "--regex", "(");
        badInput(
                "--json-schema takes no --regex",
                "generate",
                "--model",
                out,
                "--prompt",
                "x",
                "--regex",
                "a",
                "--json-schema",
                "schema.json");
        badInput("not both", "evaluate", "--model", out, "--data", text, "--full", "--batches", "2");
        badInput("--tokens", "logits", "--model", out, "--tokens", "1,x");
        badInput("--tokens must be a whole number, but is empty", "logits", "--model", out, "--tokens", "");
        badInput("--flops must be above 0 and finite", "account", "--preset", "gpt2", "--flops", "-1");
        badInput(
                "--highest finite and above --lowest, but they are 1.0 and 0.1",
                "find-lr",
                "--sample",
                "--lowest",
                "1",
                "--highest",
                "0.1");
        badInput("--text is empty; give at least one", "attention", "--model", out, "--text", "");
        badInput(
                "unknown option --lairs; did you mean --layers?",
                "train",
                "--data",
                text,
                "--out",
                out,
                "--lairs",
                "2");
        badInput("a verb is missing");
        badInput("unknown verb dance (see", "dance");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        Outcome outcome = run("--version");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .startsWith("nanogpt " + System.getProperty("nanogpt.test.version") + System.lineSeparator());
    }

    @Test
    void helpIsNoError() {
        assertThat(run("--help").code()).isZero();
        Outcome train = run("train", "--help");
        assertThat(train.code()).isZero();
        assertThat(train.out()).contains("--embedding-size").contains("captions-gpu");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"\\n<ENDC>\\n,\"\n<ENDC>\n\"", "a\\\\n,a\\n", "\\x,\\x", "\\,\\", "\\t|,\"\t|\""})
    void escapesAreResolved(String given, String expected) {
        assertThat(Escapes.resolve(given)).isEqualTo(expected);
    }
}
