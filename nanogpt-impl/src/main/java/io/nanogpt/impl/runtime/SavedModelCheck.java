package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.data.TokenizerHash;
import io.nanogpt.impl.interop.ConfigContent;
import io.nanogpt.impl.train.GivenWeights;
import io.nanogpt.impl.train.RunSettings;
import io.nanogpt.impl.train.TrainingRun;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.StopReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Compares a saved model with the one that is about to be trained. */
final class SavedModelCheck {
    /** Settings that affect a run's evaluations, but not its weights. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("eval-every", "eval-batches", "eval-full");

    private final Path folder;
    private final ModelLoader.Saved saved;

    SavedModelCheck(Path folder, ModelLoader.Saved saved) {
        this.folder = folder;
        this.saved = saved;
    }

    /**
     * Checks that the saved model is the expected one.
     *
     * @throws NanogptException if it is not, naming the differences
     */
    void require(Library.Expected expected) {
        Optional<TrainingReport> report = saved.about().report();
        report.filter(run -> run.reason() == StopReason.INTERRUPTED).ifPresent(run -> {
            throw new NanogptException("the training of the model in " + folder + " was interrupted after step "
                    + run.steps() + " of " + run.plan().steps() + "; " + advice());
        });
        List<String> differences = new ArrayList<>();
        expected.tokenizer().ifPresent(tokenizer -> compare(tokenizer, differences));
        Architecture architecture =
                expected.architecture().apply(saved.architecture().vocabularySize());
        Map<String, Object> before = new LinkedHashMap<>();
        Map<String, Object> now = new LinkedHashMap<>();
        if (report.isPresent()) {
            before.putAll(report.get().plan().settings());
            now.putAll(settings(architecture, expected));
        } else {
            before.putAll(ConfigContent.of(saved.architecture(), Zoo.transformer(saved.architecture())));
            now.putAll(ConfigContent.of(architecture, Zoo.transformer(architecture)));
        }
        compare(before, now, differences);
        if (!differences.isEmpty()) {
            throw new NanogptException("the model in " + folder + " was trained with other settings: "
                    + String.join(", ", differences) + "; " + advice());
        }
    }

    private static Map<String, String> settings(Architecture architecture, Library.Expected expected) {
        return expected.from()
                .map(model -> BaseModel.use(model, base -> {
                    TrainingRun.Model start = base.start(expected.config());
                    return RunSettings.of(
                            start.architecture(),
                            expected.config().continued(),
                            start.weights().map(GivenWeights::identity));
                }))
                .orElseGet(() -> RunSettings.of(architecture, expected.config(), Optional.empty()));
    }

    private static String advice() {
        return "load it as it is with LanguageModel.load, or choose another folder or delete this one to train"
                + " a new model";
    }

    private void compare(Tokenizer tokenizer, List<String> differences) {
        if (!TokenizerHash.of(tokenizer).equals(TokenizerHash.of(saved.tokenizer()))) {
            differences.add("its tokenizer (" + saved.tokenizer().vocabularySize() + " ids) is not the given one ("
                    + tokenizer.vocabularySize() + " ids)");
        }
    }

    private static void compare(Map<String, Object> before, Map<String, Object> now, List<String> differences) {
        Set<String> names = new LinkedHashSet<>(now.keySet());
        names.addAll(before.keySet());
        names.removeAll(WITHOUT_EFFECT);
        for (String name : names) {
            Object then = before.get(name);
            Object given = now.get(name);
            if (!Objects.equals(then, given)) {
                differences.add(camelCase(name) + " was " + (then == null ? "not set" : then) + " and is "
                        + (given == null ? "not set" : given));
            }
        }
    }

    /** {@code learning-rate} as {@code learningRate}, the name of its setter. */
    private static String camelCase(String name) {
        StringBuilder text = new StringBuilder();
        for (String word : name.split("-", -1)) {
            text.append(
                    text.isEmpty() || word.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return text.toString();
    }
}
