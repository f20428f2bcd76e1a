package io.nanogpt.examples.benchmarks;

import io.nanogpt.examples.cli.console.Relauncher;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import java.util.Locale;

/**
 * Times greedy decoding with the cache of keys and values: sequences of the context length, one after another. {@code
 * [--preset NAME] [--steps TOKENS] [--threads N] [--weights f32|bf16|int8]}.
 */
public final class DecodeBenchmark {
    private static final int WARM_UP_TOKENS = 10_000;

    private final Decoder decoder;
    private final float[] logits;
    private final int[] token = new int[1];

    private DecodeBenchmark(Decoder decoder, int vocabulary) {
        this.decoder = decoder;
        this.logits = new float[vocabulary];
    }

    /** Prints one line with the tokens a second. */
    public static void main(String[] arguments) {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(DecodeBenchmark.class, arguments));
        }
        BenchmarkOptions options = BenchmarkOptions.parse(arguments, 50_000, 1);
        BenchmarkModel.Size size = options.size();
        try (Backend backend = options.decodingBackend();
                BenchmarkModel model = new BenchmarkModel(backend, size)) {
            Decoder decoder = model.decoder();
            DecodeBenchmark benchmark =
                    new DecodeBenchmark(decoder, size.config().vocabularySize());
            benchmark.decode(Math.min(WARM_UP_TOKENS, options.steps()));
            long measuring = AllocatedBytes.ofMeasuring();
            long bytesBefore = AllocatedBytes.now();
            long begin = System.nanoTime();
            benchmark.decode(options.steps());
            double seconds = (System.nanoTime() - begin) / 1e9;
            long bytes = Math.max(0, AllocatedBytes.now() - bytesBefore - measuring);
            System.out.printf(
                    Locale.ROOT,
                    "nanogpt %s decoding on %s, Java %s: %.1f tokens/s, %d bytes allocated/token%n",
                    size.name().toLowerCase(Locale.ROOT),
                    backend.name(),
                    Runtime.version().feature(),
                    options.steps() / seconds,
                    bytes / options.steps());
        }
    }

    private void decode(int tokens) {
        for (int i = 0; i < tokens; i++) {
            if (decoder.length() == decoder.contextLength()) {
                decoder.reset();
            }
            decoder.feed(token, 0, 1, logits);
            token[0] = mostLikely(logits);
        }
    }

    static int mostLikely(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }
}
