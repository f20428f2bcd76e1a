import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.Generation;
import java.nio.file.Path;
import java.util.List;

/** The smallest program that embeds the library: train, then generate. */
public class Embed {
    public static void main(String[] args) {
        LanguageModel model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(32)
                .contextLength(8)
                .steps(30)
                .train(Corpus.ofStrings(List.of(
                        "a small biopsy of the colon", "a large section of skin", "the stained slide shows colon")));
        System.out.println(
                "caption: " + model.generate("a ", Generation.greedy().maxTokens(20)));
        try {
            model.exportOnnx(Path.of("onnx"));
        } catch (NanogptException e) {
            System.out.println("no ONNX: " + e.getMessage());
        }
        model.close();
    }
}
