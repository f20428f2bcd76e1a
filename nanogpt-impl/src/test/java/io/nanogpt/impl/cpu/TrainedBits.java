package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.conformance.SampleModels;
import io.nanogpt.impl.conformance.SampleRun;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.Muon;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.Sgd;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Trains every sample model for some steps and prints the kernels and a hash of all bits of losses, gradient norms,
 * weights and logits, a line for each model.
 */
final class TrainedBits {
    private static final ParameterGroups ADAM =
            ParameterGroups.of(AdamW.defaults().withLearningRate(1e-2));
    private static final ParameterGroups MUON = ADAM.with(ParameterSelector.hidden(), Muon.defaults());
    private static final int STEPS = 4;
    private static final int HASH_CHARACTERS = 16;

    private TrainedBits() {}

    public static void main(String[] arguments) {
        try (CpuBackend backend = CpuBackend.open(2)) {
            System.out.println(backend.name());
            SampleModels.all().forEach((name, graph) -> System.out.println(name + ": " + hash(backend, graph, ADAM)));
            Graph wide = SampleModels.all().get("wide");
            System.out.println("wide, by Muon: " + hash(backend, wide, MUON));
        }
    }

    private static String hash(CpuBackend backend, Graph model, ParameterGroups optimizers) {
        MessageDigest digest = sha256();
        try (SampleRun run = new SampleRun(
                backend, Gradients.training(model), SampleModels.BATCH, SampleModels.LENGTH, SampleModels.VOCABULARY)) {
            for (int step = 1; step <= STEPS; step++) {
                add(digest, run.loss(step));
                double norm = run.parameters.gradientNorm();
                add(digest, (float) norm);
                double scale = 1 / Math.max(1, norm);
                if (step == STEPS) {
                    run.parameters.update(ParameterGroups.of(Sgd.of(1e-2).withMomentum(0.9)), 1, 1, scale);
                } else {
                    run.parameters.update(optimizers, step, 1, scale);
                }
            }
            run.values().forEach(values -> add(digest, values));
            decode(backend, model, run.parameters, digest);
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_CHARACTERS);
    }

    private static void decode(CpuBackend backend, Graph model, ParameterStore parameters, MessageDigest digest) {
        int[] tokens = new int[SampleModels.LENGTH];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) CounterRandom.below(SampleModels.VOCABULARY, 11, i);
        }
        float[] logits = new float[SampleModels.VOCABULARY];
        try (Decoder decoder = backend.decoder(model, parameters, SampleModels.LENGTH)) {
            decoder.feed(tokens, 0, 37, logits);
            add(digest, logits);
            for (int i = 37; i < tokens.length; i++) {
                decoder.feed(tokens, i, 1, logits);
                add(digest, logits);
            }
        }
    }

    private static void add(MessageDigest digest, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
