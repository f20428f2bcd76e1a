package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Tokenization;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Two models that differ in weights, sizes and tokenizers, so that a mixture of them is neither.
 *
 * @param sides the two, called {@code a} and {@code b}
 */
record ModelPair(List<Side> sides) implements AutoCloseable {
    private static final int PROBES = 64;

    /**
     * One of the models.
     *
     * @param name {@code a} or {@code b}
     * @param model the model
     * @param llama a model that llama.cpp computes alike
     * @param text a text file that its tokenizer accepts
     * @param saved fingerprint of the model when loaded
     * @param exported fingerprint of the model when loaded from its export
     */
    record Side(String name, LanguageModel model, LanguageModel llama, Path text, String saved, String exported) {
        Tokenizer tokenizer() {
            return model.tokenizer();
        }
    }

    /** Trains the two and writes them to a folder, from which other processes open them. */
    static void write(Path folder) throws IOException {
        Tokenizer characters = SeedFiles.characters();
        Tokenizer bytePairs = SeedFiles.byteLevel(SplitPattern.GPT2);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("a.txt"), SeedFiles.TEXT);
        Files.writeString(folder.resolve("b.txt"), SeedFiles.TEXT.repeat(2).substring(7));
        try (LanguageModel a = SeedFiles.builder(characters).train(SeedFiles.RECORDS);
                LanguageModel b =
                        SeedFiles.builder(bytePairs).layers(2).embeddingSize(24).train(SeedFiles.CORPUS)) {
            a.save(folder.resolve("a"));
            a.exportOnnx(folder.resolve("a-onnx"));
            b.save(folder.resolve("b"));
            b.exportOnnx(folder.resolve("b-onnx"));
        }
        for (String name : List.of("a", "b")) {
            try (LanguageModel llama = SeedFiles.llama(bytePairs, name.equals("a") ? 8 : 16)) {
                llama.save(folder.resolve(name + "-llama"));
            }
        }
    }

    /** Opens the two, with their fingerprints. */
    static ModelPair open(Path folder) {
        return new ModelPair(List.of(side(folder, "a", true), side(folder, "b", true)));
    }

    /** Opens the two for writing only, which is faster. */
    static ModelPair openToWrite(Path folder) {
        return new ModelPair(List.of(side(folder, "a", false), side(folder, "b", false)));
    }

    private static Side side(Path folder, String name, boolean fingerprints) {
        LanguageModel model = LanguageModel.load(folder.resolve(name), 1);
        LanguageModel llama = LanguageModel.load(folder.resolve(name + "-llama"), 1);
        Path text = folder.resolve(name + ".txt");
        if (!fingerprints) {
            return new Side(name, model, llama, text, "", "");
        }
        try (LanguageModel onnx = loadOnnx(folder.resolve(name + "-onnx"))) {
            return new Side(name, model, llama, text, fingerprint(model), fingerprint(onnx));
        }
    }

    static LanguageModel loadOnnx(Path folder) {
        return LanguageModel.loadOnnx(folder, OnnxOptions.cpu().withThreads(1));
    }

    /** A hash of the tokenizer and of the bits of many logits. */
    static String fingerprint(LanguageModel model) {
        int vocabulary = model.tokenizer().vocabularySize();
        int[] sequence = new int[model.architecture().contextLength()];
        StringBuilder text = new StringBuilder(model.tokenizer().toJson());
        for (int i = 0; i < PROBES; i++) {
            for (int j = 0; j < sequence.length; j++) {
                sequence[j] = (i * 31 + j * 7) % vocabulary;
            }
            float[] logits = i % 2 == 0 ? model.logits(sequence) : model.logits(i % vocabulary);
            ByteBuffer bytes = ByteBuffer.allocate(logits.length * Float.BYTES);
            bytes.asFloatBuffer().put(logits);
            text.append(Folders.hash(bytes.array()));
        }
        return Folders.hash(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The name of the side that a folder holds. */
    String saved(Path folder) {
        try (LanguageModel model = LanguageModel.load(folder, 1)) {
            String found = fingerprint(model);
            return name(sides.stream().filter(side -> side.saved.equals(found)).toList(), folder);
        }
    }

    /** The name of the side whose export a folder holds. */
    String exported(Path folder) {
        try (LanguageModel model = loadOnnx(folder)) {
            String found = fingerprint(model);
            return name(
                    sides.stream().filter(side -> side.exported.equals(found)).toList(), folder);
        }
    }

    private static String name(List<Side> matching, Path folder) {
        if (matching.isEmpty()) {
            throw new NanogptException(folder + " holds a mixture: neither model a nor model b");
        }
        return matching.get(0).name;
    }

    /** Converts a side's text to a token file. */
    static void writeTokens(Side side, Path file) {
        Tokenization.with(side.tokenizer()).withThreads(1).write(side.text, file);
    }

    @Override
    public void close() {
        sides.forEach(side -> {
            side.model.close();
            side.llama.close();
        });
    }
}
