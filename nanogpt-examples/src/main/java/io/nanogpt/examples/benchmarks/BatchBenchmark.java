package io.nanogpt.examples.benchmarks;

import io.nanogpt.backend.Backends;
import io.nanogpt.data.Corpus;
import io.nanogpt.examples.cli.console.Relauncher;
import io.nanogpt.generate.BatchOptions;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.djl.DjlBackend;
import io.nanogpt.impl.generate.TextGenerator;
import io.nanogpt.impl.generate.Texts;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.onnx.OnnxExporter;
import io.nanogpt.impl.schedule.Scheduler;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Times the generation of many texts at once, of a model with random weights: greedy, from prompts of 8 tokens, as texts
 * of a {@code LanguageModel} are. Prints the tokens a second of all texts together, one line for each batch.
 */
public final class BatchBenchmark {
    private static final String PROMPT = "abcdefgh";

    @Option(names = "--preset", description = "captions (the default), algopath, gpt2 and others of DecodeBenchmark")
    private String preset = "captions";

    @Option(names = "--batches", split = ",", description = "texts at once (default: 1,8,32,128)")
    private List<Integer> batches = new ArrayList<>(List.of(1, 8, 32, 128));

    @Option(names = "--tokens", description = "tokens of a text (default: 48)")
    private int tokens = 48;

    @Option(names = "--seconds", description = "to measure a batch for, at least (default: 3)")
    private double seconds = 3;

    @Option(names = "--weights", description = "of the CPU backend: f32, bf16 or int8 (default: f32)")
    private WeightPrecision weights = WeightPrecision.F32;

    @Option(names = "--threads", description = "threads (default: 2)")
    private int threads = 2;

    @Option(
            names = "--onnx",
            description = "portable or onnxruntime: exports the model so, and decodes through ONNX Runtime")
    private OnnxExportOptions.@Nullable Flavour onnx;

    @Option(names = "--device", description = "cpu, cuda or cuda:N: decodes through DJL there")
    private @Nullable String device;

    @Option(
            names = "--gguf",
            description =
                    "writes the nearest model of llama.cpp to this file, with greedy ids beside it (.ids), and times"
                            + " that model")
    private @Nullable Path gguf;

    @Option(names = "--folder", description = "of the export (default: a new one, which is deleted)")
    private @Nullable Path folder;

    private BatchBenchmark() {}

    /** Prints a line for each batch. */
    public static void main(String[] arguments) throws IOException {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(BatchBenchmark.class, arguments));
        }
        BatchBenchmark benchmark = new BatchBenchmark();
        new CommandLine(benchmark).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        benchmark.run();
    }

    private void run() throws IOException {
        if (onnx != null && (device != null || gguf != null)) {
            throw new IllegalArgumentException("--onnx cannot be combined with --device or --gguf; run them in turn");
        }
        BenchmarkModel.Size size = BenchmarkModel.Size.of(preset);
        try (Backend own = device == null
                        ? CpuBackend.open(threads, weights)
                        : DjlBackend.open(Backends.djl().withDevice(device), threads);
                BenchmarkModel model =
                        gguf == null ? new BenchmarkModel(own, size) : BenchmarkModel.ofLlama(own, size)) {
            if (gguf != null) {
                model.exportGguf(gguf);
                Files.writeString(gguf.resolveSibling(gguf.getFileName() + ".ids"), greedyIds(model));
            }
            if (onnx == null) {
                run(model.vocabularySize(), own, model::batchDecoder, model::decoder);
            } else {
                run(model, size.config().architecture(), OnnxExportOptions.of(onnx));
            }
        }
    }

    private void run(BenchmarkModel model, Architecture architecture, OnnxExportOptions options) throws IOException {
        Path exported = folder != null ? folder : Files.createTempDirectory("nanogpt-batch");
        model.export(options, exported);
        Graph graph = architecture.graph();
        int context = architecture.contextLength();
        try (OnnxBackend backend =
                OnnxBackend.open(exported, architecture, OnnxOptions.cpu().withThreads(threads))) {
            run(
                    model.vocabularySize(),
                    backend,
                    () -> backend.batchDecoder(graph, backend.parameters(), context),
                    () -> backend.decoder(graph, backend.parameters(), context));
        }
        if (folder == null) {
            Files.delete(exported.resolve(OnnxExporter.FILE));
            Files.delete(exported);
        }
    }

    private static Tokenizer tokenizer() {
        return Tokenizers.characters().train(Corpus.ofText(PROMPT + "ijklmnopqrstuvwxyz .\n"));
    }

    /** The ids of a prompt on a line, and on the next those that follow. */
    private String greedyIds(BenchmarkModel model) {
        int[] prompt = tokenizer().encode(PROMPT);
        int[] ids = Arrays.copyOf(prompt, prompt.length + tokens);
        float[] logits = new float[model.vocabularySize()];
        Decoder decoder = model.decoder();
        decoder.feed(ids, 0, prompt.length, logits);
        for (int i = prompt.length; i < ids.length; i++) {
            for (int id = 0; id < logits.length; id++) {
                ids[i] = logits[id] > logits[ids[i]] ? id : ids[i];
            }
            decoder.feed(ids, i, 1, logits);
        }
        return line(ids, 0, prompt.length) + line(ids, prompt.length, ids.length);
    }

    private static String line(int[] ids, int from, int end) {
        return Arrays.stream(ids, from, end).mapToObj(Integer::toString).collect(Collectors.joining(" ", "", "\n"));
    }

    private void run(int vocabulary, Backend backend, Supplier<Optional<BatchDecoder>> many, Supplier<Decoder> one) {
        Tokenizer tokenizer = tokenizer();
        try (Scheduler scheduler = new Scheduler(many, one, vocabulary)) {
            TextGenerator generator = new TextGenerator(tokenizer, vocabulary, scheduler);
            for (int batch : batches) {
                scheduler.set(BatchOptions.defaults().withSequences(batch));
                measure(generator, batch, seconds / 2);
                System.out.printf(
                        Locale.ROOT,
                        "nanogpt %s%s on %s, Java %s: batch %d: %.1f tokens/s%n",
                        preset,
                        gguf == null ? "" : " as for llama.cpp",
                        backend.name(),
                        Runtime.version().feature(),
                        batch,
                        measure(generator, batch, seconds));
            }
        }
    }

    /** Tokens a second of all texts, from their prompts on. */
    private double measure(TextGenerator generator, int batch, double least) {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(tokens);
        List<String> prompts = Collections.nCopies(batch, PROMPT);
        long begin = System.nanoTime();
        double taken = 0;
        long drawn = 0;
        while (taken < least) {
            try (Texts texts = generator.generate(prompts.iterator(), options)) {
                texts.forEachRemaining(text -> {});
            }
            drawn += (long) batch * tokens;
            taken = (System.nanoTime() - begin) / 1e9;
        }
        return drawn / taken;
    }
}
