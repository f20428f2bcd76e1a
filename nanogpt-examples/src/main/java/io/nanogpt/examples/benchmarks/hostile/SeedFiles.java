package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Tokenization;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.GgufType;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Valid files of every format that the library writes, as small as they can be, written by the library itself. */
final class SeedFiles {
    static final String TEXT = "tumour stained with H&E, tissue of the lung: CD20 \u00e9 \u65e5\u672c\n".repeat(40);
    /** The file of the run in the folder {@code runs}. */
    static final String RUN = "seed.json";
    /** The checkpoint that a run resumes from. */
    static final String NEWEST_CHECKPOINT = "step-00000006";

    static final Corpus CORPUS = Corpus.ofText(TEXT);
    static final Corpus RECORDS = Corpus.ofStrings(TEXT.lines().toList());

    private final Path folder;

    SeedFiles(Path folder) {
        this.folder = folder;
    }

    /** Writes all of them. */
    void write() throws IOException {
        Tokenizer characters = characters();
        Tokenizer bpe = byteLevel(SplitPattern.GPT2);
        writeModels(characters, bpe);
        writeTokenizers(characters, bpe);
        writeTokenFiles(bpe);
        writeRun(characters);
        writeTexts();
    }

    /** A tokenizer of the texts and of the separator of records. */
    static Tokenizer characters() {
        return Tokenizers.characters().train(Corpus.ofText(TEXT + Corpus.RECORD_SEPARATOR));
    }

    static Tokenizer byteLevel(SplitPattern pattern) {
        return Tokenizers.byteLevelBpe()
                .vocabularySize(280)
                .specialTokens("<|endoftext|>")
                .pattern(pattern)
                .threads(1)
                .train(CORPUS);
    }

    private void writeModels(Tokenizer characters, Tokenizer bpe) throws IOException {
        save("gpt2", shrink(Preset.GPT2.transformer()).build(), bpe);
        save("llama", shrink(Preset.LLAMA.transformer()).build(), bpe);
        try (LanguageModel llama = llama(bpe, 8)) {
            llama.exportGguf(folder.resolve("gguf/model.gguf"), GgufType.Q8_0);
        }
        save("lstm", new LstmConfig(1, 8, 8, 8, characters.vocabularySize()), characters);
        try (LanguageModel model = builder(characters).train(RECORDS)) {
            model.save(folder.resolve("characters"));
            model.exportOnnx(folder.resolve("onnx"));
            model.exportOnnx(
                    folder.resolve("onnx-external"),
                    OnnxExportOptions.onnxruntime().withExternalData(true));
        }
    }

    private static TransformerConfig.Builder shrink(TransformerConfig.Builder builder) {
        return builder.layers(1)
                .heads(2)
                .keyValueHeads(2)
                .embeddingSize(8)
                .hiddenSize(16)
                .contextLength(16);
    }

    private void save(String name, ModelConfig config, Tokenizer tokenizer) {
        try (LanguageModel model = train(config, tokenizer)) {
            model.save(folder.resolve(name));
        }
    }

    private static LanguageModel train(ModelConfig config, Tokenizer tokenizer) {
        return GPT.builder()
                .model(config)
                .tokenizer(tokenizer)
                .training(SeedFiles::brief)
                .train(CORPUS);
    }

    /** A model of the shape of Llama. */
    static LanguageModel llama(Tokenizer bpe, int embeddingSize) {
        return train(
                shrink(Preset.LLAMA.transformer()).embeddingSize(embeddingSize).build(), bpe);
    }

    private static void brief(TrainingSettings<?> settings) {
        settings.steps(2).batchSize(2).evaluateEvery(2).evaluationBatches(1).threads(1);
    }

    /** A model of some thousand parameters. */
    static GPT.Builder builder(Tokenizer tokenizer) {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(16)
                .tokenizer(tokenizer)
                .training(SeedFiles::brief);
    }

    private void writeTokenizers(Tokenizer characters, Tokenizer bpe) throws IOException {
        Path tokenizers = Files.createDirectories(folder.resolve("tokenizers"));
        characters.save(tokenizers.resolve("characters.json"));
        bpe.save(tokenizers.resolve("bpe.json"));
        byteLevel(SplitPattern.of("\\p{L}| ?[0-9]|\\s|.")).save(tokenizers.resolve("pattern.json"));
        Tokenizers.words().train(CORPUS).save(tokenizers.resolve("words.json"));
        Tokenizers.integers().train(Corpus.ofText("1 2 3 40")).save(tokenizers.resolve("integers.json"));
        Tokenizers.characterBpe().vocabularySize(60).train(CORPUS).save(tokenizers.resolve("character-bpe.json"));
        bpe.save(Files.createDirectories(folder.resolve("gpt2-files")), Tokenizer.Format.GPT2);
        bpe.save(
                Files.createDirectories(folder.resolve("tiktoken")).resolve("own.tiktoken"), Tokenizer.Format.TIKTOKEN);
    }

    private void writeTokenFiles(Tokenizer bpe) throws IOException {
        Path tokens = Files.createDirectories(folder.resolve("tokens"));
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        bpe.save(tokens.resolve("tokenizer.json"));
        Tokenization.with(bpe).write(text, tokens.resolve("ids.bin"));
        Tokenization.with(bpe).write(text, tokens.resolve("ids.npy"));
    }

    private void writeRun(Tokenizer characters) {
        resumable(characters, folder.resolve("checkpoints"), folder.resolve("recorded"))
                .close();
        // Not recorded ones, whose names are times. The others differ in one setting each, as a chart by setting needs.
        RunLog runs = RunLog.open(folder.resolve("runs"));
        runs.add(run(RUN.replace(".json", ""), "4", "0.001"));
        runs.add(run("heads", "8", "0.001"));
        runs.add(run("faster", "4", "0.002"));
    }

    private static Run run(String id, String heads, String rate) {
        return new Run(
                        id,
                        "label",
                        Instant.EPOCH,
                        Map.of("learning-rate", rate, "heads", heads),
                        7,
                        Run.State.FINISHED,
                        List.of(new EvaluationPoint(5, 3.5, 3.75, 1), new EvaluationPoint(10, 2.5, 3.25, 2)),
                        List.of(new Run.Sample(5, "tumour", " of the lung")),
                        new Run.Measures(1000, 2000, 64, 2.5, 256),
                        "1.0.0",
                        Optional.empty())
                .withSteps(List.of(
                        new Run.StepPoint(5, 1, 3.5, 1e-3, 0.5, 320), new Run.StepPoint(10, 2, 2.5, 1e-3, 0.25, 320)));
    }

    /** Trains six steps with checkpoints and a run log, or resumes that. */
    static LanguageModel resumable(Tokenizer tokenizer, Path checkpoints, Path runs) {
        return builder(tokenizer)
                .steps(6)
                .keepBest(true)
                .samples(new SampleConfig(
                        List.of("tumour"), GenerationOptions.greedy().withMaxTokens(2)))
                .checkpoints(CheckpointConfig.in(checkpoints).withEvery(3).withResume(true))
                .listener(RunLog.open(runs).recorder("seed"))
                .train(CORPUS);
    }

    private void writeTexts() throws IOException {
        Path texts = Files.createDirectories(folder.resolve("texts"));
        Files.writeString(texts.resolve("a.txt"), TEXT);
        Files.writeString(texts.resolve("a.csv"), "id,text\n1,\"a, \"\"b\"\"\nc\"\n2,tissue\n3,\u00e9\n");
        Files.writeString(
                texts.resolve("a.jsonl"), "{\"text\":\"one\",\"n\":[1]}\n{\"text\":\"two\\u00e9\",\"o\":{}}\n");
        Files.writeString(texts.resolve("a.tsv"), "id\ttext\n1\t\"two\nlines\"\n2\tsaid \"no\"\n");
        for (String compressed : List.of("a.txt", "a.jsonl")) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(texts.resolve(compressed + ".gz")))) {
                Files.copy(texts.resolve(compressed), out);
            }
        }
        Files.writeString(
                Files.createDirectories(folder.resolve("schemas")).resolve("schema.json"),
                "{\"$defs\":{\"tree\":{\"type\":\"object\",\"required\":[\"n\"],\"properties\":{\"n\":{\"type\":\"number\",\"minimum\":-1.5,"
                        + "\"exclusiveMaximum\":100},\"name\":{\"type\":\"string\",\"pattern\":\"^[a-z]{1,9}$\",\"maxLength\":12},"
                        + "\"next\":{\"type\":\"array\",\"maxItems\":3,\"items\":{\"$ref\":\"#/$defs/tree\"}}}}},"
                        + "\"anyOf\":[{\"$ref\":\"#/$defs/tree\"},{\"enum\":[\"a\",1,null]}]}");
        Files.writeString(texts.resolve("a.json"), "[\"one\", \"two\", \"\\ud83d\\ude00\"]");
        Files.writeString(
                Files.createDirectories(folder.resolve("grid")).resolve("grid.json"),
                "{\"base\":{\"steps\":10,\"name\":\"x\"},\"vary\":{\"learning-rate\":[0.1,0.01],\"heads\":[1,2]},"
                        + "\"variants\":[{\"label\":\"a\",\"dropout\":0.1}],\"seeds\":[1,2]}");
    }
}
