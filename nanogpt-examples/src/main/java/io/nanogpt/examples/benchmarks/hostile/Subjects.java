package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Dataset;
import io.nanogpt.data.TokenSource;
import io.nanogpt.examples.benchmarks.hostile.Subject.Format;
import io.nanogpt.examples.benchmarks.hostile.Subject.Reader;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every file that the library reads, with the call that reads it. */
final class Subjects {
    private static final String SAMPLE = "tumour, the lung \u00e9\u65e5\u672c <|endoftext|> 12\n";
    /** A line of the fixtures of pipelines. */
    private static final Pattern PIPELINE = Pattern.compile(
            "\\{\"tokenizer\":(?<json>\\{.*\"model\":\\{\"type\":\"(?<model>\\w+)\".*}),\"texts\":\\[.*");

    private static final int TOKENS = 3;
    private static final int IDS = 400;
    private static final int WINDOW = 100;

    private final Path seeds;
    private final Path resources;
    private final List<Subject> all = new ArrayList<>();

    private Subjects(Path seeds, Path resources) {
        this.seeds = seeds;
        this.resources = resources;
    }

    /**
     * Lists them.
     *
     * @param seeds a folder of {@link SeedFiles}
     * @param resources the test resources of nanogpt-impl
     */
    static List<Subject> of(Path seeds, Path resources) throws IOException {
        Subjects subjects = new Subjects(seeds, resources);
        subjects.addModels();
        subjects.addImports();
        subjects.addTokenizers();
        subjects.addTokenFiles();
        subjects.addRuns();
        subjects.addTexts();
        subjects.addSchemas();
        subjects.addChats();
        return subjects.all;
    }

    private void addModels() throws IOException {
        for (String model : List.of("gpt2", "llama", "lstm", "characters")) {
            addFiles(model, seeds.resolve(model), folder -> use(LanguageModel.load(folder, 1)), false);
        }
        addFiles(
                "gguf",
                seeds.resolve("gguf"),
                folder -> use(LanguageModel.load(folder.resolve("model.gguf"), 1)),
                false);
        for (String model : List.of("onnx", "onnx-external")) {
            addFiles(model, seeds.resolve(model), folder -> use(LanguageModel.loadOnnx(folder)), false);
        }
    }

    private void addImports() throws IOException {
        Path huggingFace = resources.resolve("weights/huggingface");
        Reader folders = folder -> use(LanguageModel.importWeights(folder, WeightsImportOptions.ofFolder()));
        for (String model : List.of("gpt2", "llama", "mistral", "qwen2")) {
            addFiles("import-" + model, huggingFace.resolve(model), folders, false);
        }
        for (String file : List.of("zip.pth", "legacy.pth", "protocol4.pth", "checkpoint.pt")) {
            // Not the weights of a model: all of the file is read, and then refused by its names.
            all.add(new Subject(
                    "torch/" + file,
                    resources.resolve("weights"),
                    file,
                    torch(file),
                    folder -> importUnknown(folder.resolve(file))));
        }
        addFamilies(folders);
        addCheckpoints();
        addFixture("captions", WeightsImportOptions.of(Layout.CAPTIONS).withHeads(2));
        addFixture("algopath", WeightsImportOptions.of(Layout.ALGOPATH));
        for (String file : List.of("floats.safetensors", "integers.safetensors")) {
            all.add(new Subject(
                    "safetensors/" + file,
                    resources.resolve("weights"),
                    file,
                    Format.SAFETENSORS,
                    folder -> importUnknown(folder.resolve(file))));
        }
    }

    /** Other families of transformers, which differ in their configurations. */
    private void addFamilies(Reader reader) throws IOException {
        try (Stream<Path> families = Files.list(resources.resolve("weights/families"))) {
            for (Path family : families.sorted().toList()) {
                String name = "family/" + family.getFileName() + "/config.json";
                all.add(new Subject(name, family, "config.json", Format.JSON, reader));
            }
        }
    }

    /** State dicts of other programs, whose layout is recognised. */
    private void addCheckpoints() {
        for (String file : List.of("min-gpt.pt", "lit-gpt.pth", "wrapped-twice.pth", "objects.pt")) {
            WeightsImportOptions options = WeightsImportOptions.ofFolder().withHeads(2);
            all.add(new Subject(
                    "checkpoint/" + file,
                    resources.resolve("weights/checkpoints"),
                    file,
                    Format.ZIP,
                    folder -> use(LanguageModel.importWeights(folder.resolve(file), options))));
        }
    }

    private void addFixture(String name, WeightsImportOptions options) {
        String file = "weights.pth";
        all.add(new Subject(
                "torch/" + name,
                resources.resolve("fixtures").resolve(name),
                file,
                Format.ZIP,
                folder -> use(LanguageModel.importWeights(folder.resolve(file), options))));
    }

    private static Format torch(String file) {
        return file.startsWith("legacy") ? Format.BYTES : Format.ZIP;
    }

    /** Succeeds only if the file is no weights of a model, as those that are given. */
    private static void importUnknown(Path file) {
        LanguageModel.importWeights(
                        file, WeightsImportOptions.of(Layout.CAPTIONS).withHeads(1))
                .close();
    }

    private void addTokenizers() throws IOException {
        try (Stream<Path> files = Files.list(seeds.resolve("tokenizers"))) {
            for (Path file : files.sorted().toList()) {
                addTokenizer(file);
            }
        }
        for (String name : List.of("gpt2.json", "llama3.json", "o200k.json")) {
            addTokenizer(resources.resolve("tokenizer").resolve(name));
        }
        addPipelines();
        addFiles("gpt2-files", seeds.resolve("gpt2-files"), folder -> use(Tokenizers.load(folder)), false);
        String own = "own.tiktoken";
        all.add(new Subject(
                "tiktoken",
                seeds.resolve("tiktoken"),
                own,
                Format.LINES,
                folder -> use(
                        Tokenizers.loadTiktoken(folder.resolve(own), SplitPattern.GPT2, Map.of("<|endoftext|>", 0)))));
    }

    /** The smallest tokenizer of Hugging Face for each kind of model, and those with a table of SentencePiece. */
    private void addPipelines() throws IOException {
        Map<String, String> smallest = new TreeMap<>();
        for (String list : List.of("pipelines.json", "precompiled.json")) {
            for (String line : Files.readAllLines(resources.resolve("tokenizer").resolve(list))) {
                Matcher fields = PIPELINE.matcher(line);
                if (fields.matches()) {
                    String name = (list.startsWith("pre") ? "precompiled-" : "") + fields.group("model");
                    smallest.merge(
                            name, fields.group("json"), (one, other) -> one.length() <= other.length() ? one : other);
                }
            }
        }
        for (Map.Entry<String, String> tokenizer : smallest.entrySet()) {
            Path folder = Files.createDirectories(seeds.resolve("pipelines"));
            addTokenizer(Files.writeString(folder.resolve(tokenizer.getKey() + ".json"), tokenizer.getValue()));
        }
    }

    private void addTokenizer(Path file) {
        String name = String.valueOf(file.getFileName());
        all.add(new Subject(
                "tokenizer/" + name,
                file.resolveSibling(".").normalize(),
                name,
                Format.JSON,
                folder -> use(Tokenizers.load(folder.resolve(name)))));
    }

    private void addTokenFiles() throws IOException {
        Path folder = seeds.resolve("tokens");
        Tokenizer tokenizer = Tokenizers.load(folder.resolve("tokenizer.json"));
        for (String name : List.of("ids.bin", "ids.npy")) {
            for (String changed : List.of(name, name + ".json")) {
                all.add(new Subject(
                        "tokens/" + changed,
                        folder,
                        changed,
                        format(changed),
                        copy -> use(TokenSource.open(copy.resolve(name), tokenizer))));
            }
        }
    }

    private void addRuns() throws IOException {
        all.add(new Subject("runs", seeds.resolve("runs"), SeedFiles.RUN, Format.JSON, Subjects::useRuns));
        addFiles("grid", seeds.resolve("grid"), folder -> useGrid(folder.resolve("grid.json")), false);
        Tokenizer characters = SeedFiles.characters();
        addFiles(
                "checkpoints",
                seeds.resolve("checkpoints"),
                folder -> SeedFiles.resumable(characters, folder, folder.resolve("runs"))
                        .close(),
                true);
    }

    private void addTexts() {
        Path texts = seeds.resolve("texts");
        addText(texts, "a.txt", Corpus::ofFiles);
        addText(texts, "a.txt.gz", Corpus::ofFiles);
        addText(texts, "a.csv", file -> Corpus.ofCsv(file, "text"));
        addText(texts, "a.tsv", file -> Corpus.ofTsv(file, "text"));
        addText(texts, "a.jsonl.gz", file -> Corpus.ofJsonLines(file, "text"));
        addText(texts, "a.jsonl", file -> Corpus.ofJsonLines(file, "text"));
        addText(texts, "a.json", Corpus::ofJson);
        URI nowhere = URI.create("http://127.0.0.1:1");
        all.add(new Subject(
                "dataset cache",
                texts,
                "a.json",
                Format.JSON,
                folder -> Corpus.ofDataset(new Dataset(nowhere, "name", "text", folder.resolve("a.json")))
                        .text()));
    }

    /** Chat templates, which come with weights, and conversations. */
    private void addChats() throws IOException {
        Path folder = Files.createDirectories(seeds.resolve("chats"));
        Files.writeString(folder.resolve("gemma.jinja"), ChatTemplate.gemma().source());
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"eos_token\": \"</s>\", \"chat_template\": \"{% for m in messages %}{{ m.content | trim + eos_token }}"
                        + "{% endfor %}\"}");
        Files.writeString(
                folder.resolve("chats.jsonl"),
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\":"
                        + " \"b\"}]}\n{\"prompt\": \"c\", \"response\": \"d\"}\n");
        for (String file : List.of("gemma.jinja", "tokenizer_config.json")) {
            all.add(new Subject(
                    "template/" + file,
                    folder,
                    file,
                    file.endsWith(".json") ? Format.JSON : Format.BYTES,
                    copy -> ChatTemplate.read(copy.resolve(file)).render(List.of(Message.user("a")), true)));
        }
        all.add(new Subject(
                "chats", folder, "chats.jsonl", Format.LINES, copy -> Chats.ofJsonLines(copy.resolve("chats.jsonl"))));
    }

    private void addSchemas() {
        String file = "schema.json";
        all.add(new Subject(
                "json schema",
                seeds.resolve("schemas"),
                file,
                Format.JSON,
                folder -> JsonSchema.read(folder.resolve(file))));
    }

    /** Reads a corpus. */
    private interface CorpusOfFile {
        Corpus read(Path file);
    }

    private void addText(Path folder, String file, CorpusOfFile reader) {
        all.add(new Subject(
                "corpus/" + file,
                folder,
                file,
                format(file),
                copy -> reader.read(copy.resolve(file)).text()));
    }

    /** Adds a subject for each file of a folder but those that nothing reads. */
    private void addFiles(String name, Path folder, Reader reader, boolean writes) throws IOException {
        for (Path path : Folders.walk(folder)) {
            String file = folder.relativize(path).toString();
            boolean read = !file.endsWith(".md") && !file.equals("expected.json") && !isOlderCheckpoint(file);
            if (Files.isRegularFile(path) && read) {
                // One class for all shards of a model, and for a checkpoint of any step.
                String shortened = file.replaceAll("step-\\d+/|-\\d+-of-\\d+", "");
                all.add(new Subject(name + "/" + shortened, folder, file, format(file), reader, writes));
            }
        }
    }

    private static boolean isOlderCheckpoint(String file) {
        return file.startsWith("step-") && !file.startsWith(SeedFiles.NEWEST_CHECKPOINT);
    }

    private static Format format(String file) {
        String extension = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (extension) {
            case "json" -> Format.JSON;
            case "jsonl", "csv", "txt", "tiktoken" -> Format.LINES;
            case "safetensors" -> Format.SAFETENSORS;
            case "pth", "pt" -> Format.ZIP;
            case "onnx" -> Format.PROTOBUF;
            default -> file.endsWith("pytorch_model.bin") ? Format.ZIP : Format.BYTES;
        };
    }

    private static void use(LanguageModel model) {
        try (model) {
            Tokenizer tokenizer = model.tokenizer();
            String prompt = tokenizer.decode(Math.min(5, tokenizer.vocabularySize() - 1));
            model.generate(prompt, GenerationOptions.greedy().withMaxTokens(TOKENS));
        }
    }

    private static void use(Tokenizer tokenizer) {
        if (tokenizer.canEncode(SAMPLE)) {
            tokenizer.decode(tokenizer.encode(SAMPLE));
        }
        for (int id = 0; id < Math.min(tokenizer.vocabularySize(), IDS); id++) {
            tokenizer.decode(id);
        }
    }

    private static void use(TokenSource tokens) {
        int count = (int) Math.min(tokens.size(), WINDOW);
        int[] window = new int[count];
        tokens.copy(0, window, 0, count);
        tokens.copy(tokens.size() - count, window, 0, count);
    }

    private static void useRuns(Path folder) {
        List<Run> runs = RunLog.open(folder).list();
        for (ResultTable.Format format : ResultTable.Format.values()) {
            ResultTable.of(runs).format(format);
            ResultTable.overSeeds(runs).format(format);
        }
        if (!runs.isEmpty()) {
            Report.of("runs", runs).html();
            for (RunPlot plot : RunPlot.values()) {
                Charts.runs(plot, runs).svg();
            }
        }
    }

    private static void useGrid(Path file) {
        Experiment.grid(file).points();
    }
}
