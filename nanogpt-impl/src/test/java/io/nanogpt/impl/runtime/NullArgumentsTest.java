package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.Tokenization;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.FakeBackend;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.model.Architecture;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.MetricLog;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** An argument that is null is named by the exception, before anything else is done. */
class NullArgumentsTest {
    private final Corpus corpus = Corpus.ofText("text");
    private final Map<String, ThrowingCallable> calls = new LinkedHashMap<>();

    @TestFactory
    Stream<DynamicTest> areNamed() {
        model();
        models();
        training();
        data();
        generation();
        return calls.entrySet().stream()
                .map(call -> DynamicTest.dynamicTest(
                        call.getKey(),
                        () -> assertThatThrownBy(call.getValue())
                                .isInstanceOf(NullPointerException.class)
                                .hasMessage(
                                        call.getKey().substring(call.getKey().lastIndexOf(' ') + 1))));
    }

    private void model() {
        FakeBackend backend = new FakeBackend();
        Architecture architecture = Models.captions(Models.captions(1, 1, 4, 4, 4), 0);
        LanguageModel model = new BackendLanguageModel(
                architecture,
                Tokenizers.characters().train(corpus),
                backend,
                backend.allocate(architecture.graph().parameters()),
                ModelFolder.About.none());
        GenerationOptions options = GenerationOptions.greedy();
        calls.put("generate prompt", () -> model.generate((String) null, options));
        calls.put("generate options", () -> model.generate("t", null));
        calls.put("generate prompts", () -> model.generate((List<String>) null, options));
        calls.put("samples prompt", () -> model.samples(null, 1, options));
        calls.put("stream listener", () -> model.stream("t", options, null));
        calls.put("grid temperatures", () -> model.grid("t", null, List.of(1), 1, options));
        calls.put("grid topKs", () -> model.grid("t", List.of(1.0), null, 1, options));
        calls.put("beamSearch search", () -> model.beamSearch("t", null, options));
        calls.put("logits tokens", () -> model.logits((int[]) null));
        calls.put("attention text", () -> model.attention(null));
        calls.put("inspect text", () -> model.inspect((String) null));
        calls.put("inspect tokens", () -> model.inspect((int[]) null));
        calls.put("embed text", () -> model.embed((String) null));
        calls.put("embed texts", () -> model.embed((List<String>) null));
        calls.put("evaluate text", () -> model.evaluate(null));
        calls.put("evaluate randomly text", () -> model.evaluate(null, 1, 1));
        calls.put("save folder", () -> model.save(null));
        calls.put("exportOnnx folder", () -> model.exportOnnx(null));
        calls.put("exportOnnx options", () -> model.exportOnnx(Path.of(""), null));
    }

    private void models() {
        calls.put("load folder", () -> LanguageModel.load(null));
        calls.put("loadOnnx folder", () -> LanguageModel.loadOnnx(null));
        calls.put("loadOnnx options", () -> LanguageModel.loadOnnx(Path.of(""), null));
        calls.put("importWeights from", () -> LanguageModel.importWeights(null, null));
        calls.put("importWeights options", () -> LanguageModel.importWeights(Path.of(""), null));
        calls.put("gpt model", () -> GPT.builder().model(null));
        calls.put("gpt quality", () -> GPT.builder().quality(null));
        calls.put("gpt budget", () -> GPT.builder().budget(null));
        calls.put("gpt tokenizer", () -> GPT.builder().tokenizer(null));
        calls.put("gpt loadIfPresent folder", () -> GPT.builder().loadIfPresent(null));
        calls.put("gpt training settings", () -> GPT.builder().training(null));
        calls.put("gpt train corpus", () -> GPT.builder().train(null));
        calls.put("gpt train train", () -> GPT.builder().train((Examples) null, (Examples) null));
        calls.put("gpt train chats", () -> GPT.builder().train((Chats) null, (ChatTemplate) null));
    }

    private void training() {
        calls.put("builder optimizer", () -> Trainer.builder().optimizer((Optimizer) null));
        calls.put("builder groups", () -> Trainer.builder().optimizer((ParameterGroups) null));
        calls.put("builder schedule", () -> Trainer.builder().schedule(null));
        calls.put("builder stopping", () -> Trainer.builder().stopping(null));
        calls.put("builder maxTime", () -> Trainer.builder().maxTime(null));
        calls.put("builder evaluation", () -> Trainer.builder().evaluation(null));
        calls.put("builder divergencePolicy", () -> Trainer.builder().divergencePolicy(null));
        calls.put("builder checkpoints", () -> Trainer.builder().checkpoints(null));
        calls.put("builder samples", () -> Trainer.builder().samples(null));
        calls.put("builder backend", () -> Trainer.builder().backend(null));
        calls.put("builder split", () -> Trainer.builder().split(null));
        calls.put("builder listener", () -> GPT.builder().listener(null));
        calls.put("trainer architecture", () -> Trainer.builder().build().train(null, null, corpus));
        calls.put("checkpoints folder", () -> CheckpointConfig.in(null));
        calls.put("csv file", () -> MetricLog.csv(null));
        calls.put("jsonLines file", () -> MetricLog.jsonLines(null));
        calls.put("tensorBoard folder", () -> MetricLog.tensorBoard(null));
        calls.put("mlflow server", () -> MetricLog.mlflow(null, "x"));
        calls.put("sink sink", () -> MetricLog.to(null));
        calls.put("progress writer", () -> TrainingListener.progress((PrintWriter) null));
        calls.put("progress logger", () -> TrainingListener.progress((System.Logger) null));
        calls.put("run folder", () -> Experiment.grid().run(null, null));
        calls.put("grid file", () -> Experiment.grid(null));
    }

    private void data() {
        calls.put("strings records", () -> Corpus.ofStrings(null));
        calls.put("text text", () -> Corpus.ofText(null));
        calls.put("files files", () -> Corpus.ofFiles((Path[]) null));
        calls.put("directory directory", () -> Corpus.ofDirectory(null));
        calls.put("json file", () -> Corpus.ofJson(null));
        calls.put("jsonLines field", () -> Corpus.ofJsonLines(Path.of(""), null));
        calls.put("csv column", () -> Corpus.ofCsv(Path.of(""), null));
        calls.put("dataset dataset", () -> Corpus.ofDataset(null));
        calls.put("corpus separator", () -> corpus.withSeparator(null));
        calls.put("corpus caseFolding", () -> corpus.withCase(null));
        calls.put("corpus cleaning", () -> corpus.withCleaning(null));
        calls.put("split options", () -> corpus.split(null));
        calls.put("records records", () -> Records.of(null));
        calls.put("mixture parts", () -> new Mixture(null));
        calls.put("tokenization tokenizer", () -> Tokenization.with(null));
        calls.put("tokenizer path", () -> Tokenizers.load(null));
        calls.put("tiktoken file", () -> Tokenizers.loadTiktoken(null, null, null));
        calls.put("gpt2 vocabulary", () -> Tokenizers.loadGpt2(null, null, null, null));
        calls.put("characters policy", () -> Tokenizers.characters().unknown(null));
        calls.put("characters corpus", () -> Tokenizers.characters().train(null));
        calls.put("characterBpe corpus", () -> Tokenizers.characterBpe().train(null));
        calls.put("words corpus", () -> Tokenizers.words().train(null));
        calls.put("integers corpus", () -> Tokenizers.integers().train(null));
        calls.put("bpe corpus", () -> Tokenizers.byteLevelBpe().train((Corpus) null));
        calls.put("bpe tokens", () -> Tokenizers.byteLevelBpe().specialTokens((String[]) null));
    }

    private void generation() {
        calls.put("sampler", () -> GenerationOptions.defaults().withSampler(null));
        calls.put("forbid text", () -> GenerationOptions.defaults().withForbidden(null));
        calls.put("pattern", () -> GenerationOptions.defaults().withPattern(null));
        calls.put("processor", () -> GenerationOptions.defaults().withProcessor(null));
        calls.put("stop text", () -> GenerationOptions.defaults().withStop(null));
        calls.put("timeout", () -> GenerationOptions.defaults().withTimeout(null));
        calls.put("samples prompts", () -> new SampleConfig(null, GenerationOptions.defaults()));
        calls.put("samples options", () -> new SampleConfig(List.of("a"), null));
    }
}
