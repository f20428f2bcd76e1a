package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No option is ignored in silence, and no model is replaced without being told. */
@Tag("any-jdk")
class OptionEffectTest {
    private static final String SMALL =
            "--layers 1 --heads 2 --embedding-size 8 --context-length 8 --batch-size 2 --steps 2 --eval-batches 1";

    @TempDir
    private Path folder;

    private String text;

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat. ".repeat(60))
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train --warmup 5 | --warmup needs --schedule",
                "train --schedule one-cycle --warmup 5 | --warmup needs --schedule",
                "train --schedule inverse-sqrt --floor 0.1 | --floor needs --schedule cosine, linear or wsd",
                "train --average-every 5 | need --average-decay",
                "train --schedule linear --decay-share 0.5 | --decay-share needs --schedule wsd",
                "train --eval-full --eval-batches 2 | --eval-batches or --eval-full, not both",
                "train --keep-checkpoints 3 | --keep-checkpoints needs checkpoints",
                "train --peak-flops 1e12 | --peak-flops needs --log",
                "train --sample-attention | needs a text; give --sample-prompt",
                "train --sample-attention --sample-prompt a --log csv=x | needs --log jsonl=FILE",
                "train --momentum 0.9 | --momentum needs --optimizer sgd",
                "train --optimizer muon --momentum 0.9 | --momentum needs --optimizer sgd",
                "train --label x | --label needs --runs",
                "train --records --stride 2 | --stride has no effect with --records",
                "train --validation-data TEXT --validation-fraction 0.2 | --validation-data or --validation-fraction",
                "train --tokenizer x.json --unknown skip | --unknown is for --tokenizer char",
                "train --norm none --norm-epsilon 1e-4 | --norm-epsilon and --norm-placement need --norm",
                "train --initialization pytorch --initial-deviation 0.1 | --initial-deviation needs --initialization",
                "train --initialization normal --initial-gain 1 | --initial-gain and --initial-embedding-deviation need",
                "train --value-embeddings 0 | --value-embeddings needs --no-fused",
                "train --preset lstm --logit-cap 15 | preset lstm is no transformer",
                "train --positions learned --rope-theta 500 | need --positions rotary",
                "train --padding 3 | --padding is for k-gram MLPs, but preset captions is a transformer",
                "train --preset lstm --heads 2 | preset lstm is no transformer",
                "account --mfu 0.3 | --mfu and --steps need --flops",
                "account --steps 3 | --mfu and --steps need --flops",
                "account --model M --layers 3 --heads 2 | leave out --layers, --heads",
                "account --model M --vocabulary-size 3 | --vocabulary-size is for presets",
                "attention --model M --text a --averages | --averages needs --plot",
                "attention --model M --text a --averages --plot a.svg --layer 0 | leave out --layer and --head",
                "evaluate --model M --seed 3 | --seed needs --batches",
                "evaluate --model M --provider cuda | --provider needs --onnx",
                "evaluate --onnx M --precision int8 | --precision needs --model",
                "evaluate --model M --adapter R --precision bf16 | leave out --precision",
                "export --model M --out O --case lower --test-fraction 0.1 | --case, --test-fraction need --data or"
                        + " --sample",
                "generate --model M --prompt a --length-penalty 0 | --length-penalty needs --beams",
                "generate --model M --prompt a --beams 2 --top-k 3 --samples 2 | leave out --samples, --top-k",
                "generate --model M --prompt a --greedy --top-p 0.9 | --greedy takes no --temperature, --top-k,"
                        + " --top-p",
                "import --from TEXT --family lstm --heads 2 --out O | an LSTM has no such settings; leave out --heads",
                "import --from TEXT --family gpt2 --positions none --rope-theta 1e4 --out O | --rope-theta needs",
                "runs list --runs R --csv --json | --csv or --json, not both",
                "tokenizer train --type char --min-frequency 2 --out O | --min-frequency is for --type byte-bpe and"
                        + " words",
                "tokenizer train --type words --unknown skip --out O | --unknown is for --type char"
            })
    void optionsWithoutEffectAreRefused(String arguments, String expected) {
        List<String> all = new ArrayList<>(List.of(arguments.split(" ", -1)));
        switch (all.get(0)) {
            case "train" -> all.addAll(List.of("--data", text, "--out", "O"));
            case "evaluate", "tokenizer" -> all.addAll(List.of("--data", text));
            default -> {}
        }
        all.replaceAll(argument -> switch (argument) {
            case "TEXT" -> text;
            case "M", "O", "R" -> folder.resolve(argument).toString();
            default -> argument;
        });
        badInput(expected, all.toArray(String[]::new));
        assertThat(folder.resolve("O")).doesNotExist();
    }

    @Test
    void optionsThatOthersReplaceAreNotThere() {
        badInput("unknown option --learning-rate", "find-lr", "--data", text, "--learning-rate", "1");
        badInput("unknown option --batch-size", "find-batch", "--data", text, "--batch-size", "1");
        badInput(
                "unknown option --validation-fraction",
                "tokenizer",
                "train",
                "--type",
                "char",
                "--data",
                text,
                "--out",
                "x",
                "--validation-fraction",
                "0.2");
    }

    @Test
    void textOptionsHaveNoEffectOnTokenFiles() throws IOException {
        Files.write(folder.resolve("ids.bin"), new byte[64]);
        badInput(
                "have no effect on token files",
                "train",
                "--data",
                folder.resolve("ids.bin").toString(),
                "--case",
                "lower",
                "--tokenizer",
                "t.json",
                "--out",
                folder.resolve("O").toString());
    }

    @Test
    void muonTakesTheMatricesOfTheLayers() {
        String model = folder.resolve("muon").toString();
        assertThat(train(model, "--optimizer", "muon", "--betas", "0.9,0.95").code())
                .isZero();
        try (LanguageModel trained = LanguageModel.load(Path.of(model), 1)) {
            assertThat(trained.report().orElseThrow().plan().settings())
                    .containsEntry("optimizer", "adamw")
                    .containsEntry("betas", "0.9,0.95")
                    .hasEntrySatisfying(
                            "optimizer of hidden",
                            muon -> assertThat(muon)
                                    .startsWith("muon[learning-rate=0.02, momentum=0.95, nesterov=true,"));
        }
    }

    @Test
    void modelsAreEvaluatedInFewerBits() {
        String model = folder.resolve("rounded").toString();
        assertThat(train(model).code()).isZero();
        List<String> losses = new ArrayList<>();
        for (String precision : List.of("f32", "bf16", "int8")) {
            Outcome outcome =
                    Outcome.run("evaluate", "--model", model, "--data", text, "--precision", precision, "--json");
            assertThat(outcome.code()).as(outcome.err()).isZero();
            losses.add(outcome.out());
        }
        assertThat(losses).doesNotHaveDuplicates();
        badInput("f32, bf16, int8", "evaluate", "--model", model, "--data", text, "--precision", "int4");
    }

    @Test
    void aModelIsReplacedOnlyWithOverwrite() throws IOException {
        String model = folder.resolve("model").toString();
        assertThat(train(model).code()).isZero();
        byte[] first = Files.readAllBytes(folder.resolve("model/model.safetensors"));
        Outcome refused = train(model, "--seed", "3");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .isEqualTo("nanogpt: " + model
                        + " has a model already; give --overwrite to replace it, or another --out\n");
        assertThat(folder.resolve("model/model.safetensors")).hasBinaryContent(first);
        assertThat(train(model, "--seed", "3", "--overwrite").code()).isZero();
        assertThat(Files.readAllBytes(folder.resolve("model/model.safetensors")))
                .isNotEqualTo(first);
        badInput(
                "has a model already",
                "import",
                "--from",
                "../nanogpt-impl/src/test/resources/fixtures/transformer-lm/init.safetensors",
                "--family",
                "transformer-lm",
                "--heads",
                "4",
                "--out",
                model);
    }

    @Test
    void unknownCharactersAreSkippedOrReplaced() throws IOException {
        badInput("train the tokenizer with --unknown skip or replace", generate("error"));
        for (String policy : List.of("skip", "replace")) {
            Outcome outcome = run(generate(policy));
            assertThat(outcome.code()).as(outcome.err()).isZero();
        }
    }

    private String[] generate(String policy) {
        String model = folder.resolve(policy).toString();
        assertThat(train(model, "--unknown", policy).code()).isZero();
        return new String[] {"generate", "--model", model, "--prompt", "the ü", "--max-tokens", "3", "--json"};
    }

    @Test
    void messagesNameOptions() {
        String out = folder.resolve("O").toString();
        badInput(
                "--embedding-size 8 is not divisible by --heads 3",
                "train",
                "--data",
                text,
                "--embedding-size",
                "8",
                "--heads",
                "3",
                "--out",
                out);
        badInput("--top-k must be at least 1", "generate", "--model", out, "--prompt", "x", "--top-k", "0");
        badInput("a smaller --context-length", "train", "--data", text, "--context-length", "5000", "--out", out);
    }

    @Test
    void messagesOfGenerationNameOptions() throws IOException {
        String model = folder.resolve("model").toString();
        assertThat(train(model).code()).isZero();
        List<String> generate = List.of("generate", "--model", model, "--prompt", "the", "--max-tokens", "300");
        String schema = Files.writeString(
                        folder.resolve("list.json"), "{\"type\":\"array\",\"items\":{\"type\":\"null\"}}")
                .toString();
        badInput(
                "nanogpt: --json-schema, #: the vocabulary has no token for [",
                with(generate, "--json-schema", schema));
        badInput("can follow \"\" within --regex Z+; the vocabulary", with(generate, "--regex", "Z+"));
        badInput(
                "--beyond-context rolling needs a model whose positions are rotary, or that has none, on the CPU backend;"
                        + " give --beyond-context drop-half",
                with(generate, "--json", "--beyond-context", "rolling"));
        badInput("sliding, drop-half, rolling", with(generate, "--beyond-context", "half"));
        String half = run(with(generate, "--beyond-context", "drop-half")).out();
        assertThat(half).startsWith("the").hasSize("the".length() + 300 + 1);
        assertThat(run(with(generate, "--beyond-context", "sliding")).out()).isNotEqualTo(half);
    }

    private static String[] with(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void anOutThatWasNotFilledIsNotLeftEmpty() {
        Path out = folder.resolve("new/model");
        badInput(
                "--heads 3", "train", "--data", text, "--embedding-size", "8", "--heads", "3", "--out", out.toString());
        badInput("missing", "import", "--from", folder.resolve("missing.pt").toString(), "--out", out.toString());
        badInput("context", "train", "--data", text, "--context-length", "5000", "--out", out.toString());
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void aPresetIsReadFromAFile() throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(
                file,
                "{\"preset\": \"llama\", \"layers\": 1, \"heads\": 2, \"embedding-size\": 16, \"context-length\": 8,"
                        + " \"tied-head\": false, \"steps\": 3, \"batch-size\": 2, \"eval-batches\": 1}");
        Outcome outcome = run(
                "train",
                "--data",
                text,
                "--preset",
                file.toString(),
                "--json",
                "--out",
                folder.resolve("O").toString());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.lastLine()).contains("\"steps\":3");
        assertThat(folder.resolve("O/config.json")).content().contains("\"llama\"", "\"num_hidden_layers\": 1");
        Outcome account = run("account", "--preset", file.toString(), "--layers", "2", "--json");
        assertThat(account.code()).as(account.err()).isZero();
        Files.writeString(file, "{\"lairs\": 2}");
        badInput("mine.json: \"lairs\" is no option of a preset", "account", "--preset", file.toString());
        Files.writeString(file, "{\"layers\": \"many\"}");
        badInput("mine.json: --layers must be a whole number, but is many", "account", "--preset", file.toString());
        Files.writeString(file, "{\"preset\": \"mine.json\"}");
        badInput("the preset in a preset file must be a name", "account", "--preset", file.toString());
        Files.writeString(file, "{\"layers\": 1, \"layers\": 2}");
        badInput("mine.json: not JSON: Duplicate", "account", "--preset", file.toString());
        badInput(
                "cannot read the preset",
                "account",
                "--preset",
                folder.resolve("none.json").toString());
    }

    private Outcome train(String out, String... more) {
        List<String> all = new ArrayList<>(List.of("train", "--data", text, "--out", out));
        all.addAll(List.of(SMALL.split(" ", -1)));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }
}
