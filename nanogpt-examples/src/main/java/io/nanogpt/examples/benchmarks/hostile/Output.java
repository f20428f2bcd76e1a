package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.TokenSource;
import io.nanogpt.examples.benchmarks.hostile.ModelPair.Side;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.model.GgufType;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the library writes. Each can be written for one of two models, and checked to be that of one of them, whole. */
enum Output {
    /** A saved model. */
    MODEL {
        @Override
        void write(Path folder, Side side) {
            side.model().save(folder.resolve("model"));
        }

        @Override
        String check(Path folder, ModelPair pair) {
            return pair.saved(folder.resolve("model"));
        }
    },
    /** A model exported to ONNX. */
    EXPORT {
        @Override
        void write(Path folder, Side side) {
            side.model().exportOnnx(folder.resolve("onnx"));
        }

        @Override
        String check(Path folder, ModelPair pair) {
            return pair.exported(folder.resolve("onnx"));
        }
    },
    /** A model in one file for llama.cpp. */
    GGUF {
        @Override
        void write(Path folder, Side side) {
            side.llama().exportGguf(folder.resolve("model.gguf"), GgufType.F32);
        }

        @Override
        String check(Path folder, ModelPair pair) {
            try (LanguageModel read = LanguageModel.load(folder.resolve("model.gguf"), 1)) {
                float[] found = read.logits(1, 2);
                return only(pair, side -> Arrays.equals(side.llama().logits(1, 2), found));
            }
        }
    },
    /** A tokenizer. */
    TOKENIZER {
        @Override
        void write(Path folder, Side side) {
            side.tokenizer().save(folder.resolve("tokenizer.json"));
        }

        @Override
        String check(Path folder, ModelPair pair) {
            String found = Tokenizers.load(folder.resolve("tokenizer.json")).toJson();
            return only(pair, side -> side.tokenizer().toJson().equals(found));
        }
    },
    /** A token file of raw ids, with its metadata. */
    TOKENS {
        @Override
        void write(Path folder, Side side) {
            ModelPair.writeTokens(side, folder.resolve("ids.bin"));
        }

        @Override
        String check(Path folder, ModelPair pair) throws IOException {
            return tokens(folder.resolve("ids.bin"), pair);
        }
    },
    /** A token file in NumPy's format, with its metadata. */
    NUMPY_TOKENS {
        @Override
        void write(Path folder, Side side) {
            ModelPair.writeTokens(side, folder.resolve("ids.npy"));
        }

        @Override
        String check(Path folder, ModelPair pair) throws IOException {
            return tokens(folder.resolve("ids.npy"), pair);
        }
    },
    /** The record of a run. */
    RUN {
        @Override
        void write(Path folder, Side side) {
            RunLog.open(folder.resolve("runs")).add(run(side));
        }

        @Override
        String check(Path folder, ModelPair pair) {
            List<Run> runs = RunLog.open(folder.resolve("runs")).list();
            return only(pair, side -> runs.equals(List.of(run(side))));
        }
    },
    /** A report of runs in HTML. */
    REPORT {
        @Override
        void write(Path folder, Side side) {
            report(side).write(folder.resolve("report.html"));
        }

        @Override
        String check(Path folder, ModelPair pair) throws IOException {
            String found = Files.readString(folder.resolve("report.html"));
            return only(pair, side -> report(side).html().equals(found));
        }
    },
    /** A chart. */
    CHART {
        @Override
        void write(Path folder, Side side) {
            Charts.runs(RunPlot.STEPS, List.of(run(side)))
                    .withTitle(side.name())
                    .writeSvg(folder.resolve("chart.svg"));
        }

        @Override
        String check(Path folder, ModelPair pair) throws IOException {
            String found = Files.readString(folder.resolve("chart.svg"));
            return only(
                    pair,
                    side -> Charts.runs(RunPlot.STEPS, List.of(run(side)))
                            .withTitle(side.name())
                            .svg()
                            .equals(found));
        }
    };

    /** Writes it into a folder, in place of that of the other side. */
    abstract void write(Path folder, Side side) throws IOException;

    /**
     * Returns the name of the side that the folder holds.
     *
     * @throws NanogptException if it is not all of one side
     */
    abstract String check(Path folder, ModelPair pair) throws IOException;

    /** A condition on a side. */
    private interface Condition {
        boolean holds(Side side);
    }

    private static String only(ModelPair pair, Condition condition) {
        return pair.sides().stream()
                .filter(condition::holds)
                .map(Side::name)
                .findFirst()
                .orElseThrow(() -> new NanogptException("the content is neither that of a nor that of b"));
    }

    /** The same run with the name and the figures of a side. */
    private static Run run(Side side) {
        double loss = side.name().equals("a") ? 1.5 : 2.5;
        return new Run(
                "one",
                side.name(),
                Instant.EPOCH,
                Map.of("side", side.name().repeat(1000)),
                7,
                Run.State.FINISHED,
                List.of(new EvaluationPoint(1, loss, loss, 1), new EvaluationPoint(2, loss / 2, loss, 2)),
                List.of(),
                Run.Measures.none(),
                "1",
                Optional.empty());
    }

    private static Report report(Side side) {
        return Report.of("report of " + side.name(), List.of(run(side)));
    }

    /** Several times: between the tokenizers of the two sides another process may have replaced the file. */
    private static String tokens(Path file, ModelPair pair) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return tokensOnce(file, pair);
            } catch (NanogptException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }

    private static String tokensOnce(Path file, ModelPair pair) throws IOException {
        List<String> refusals = new ArrayList<>();
        for (Side side : pair.sides()) {
            try {
                TokenSource found = TokenSource.open(file, side.tokenizer());
                int[] expected = side.tokenizer().encode(Files.readString(side.text()));
                if (found.size() == expected.length) {
                    int[] ids = new int[expected.length];
                    found.copy(0, ids, 0, ids.length);
                    if (Arrays.equals(ids, expected)) {
                        return side.name();
                    }
                }
                refusals.add("other ids than those of " + side.name());
            } catch (NanogptException e) {
                refusals.add(String.valueOf(e.getMessage()));
            }
        }
        throw new NanogptException(String.join("; ", refusals));
    }
}
