import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import java.nio.file.Path;
import java.util.List;

/** The smallest program that embeds the library: train, then generate. */
public class Embed {
    private static final Corpus CORPUS = Corpus.ofStrings(
            List.of("a small biopsy of the colon", "a large section of skin", "the stained slide shows colon"));

    public static void main(String[] args) {
        LanguageModel model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(32)
                .contextLength(8)
                .steps(30)
                .train(CORPUS);
        System.out.println(
                "caption: " + model.generate("a ", GenerationOptions.greedy().withMaxTokens(20)));
        try {
            model.exportOnnx(Path.of("onnx"));
        } catch (NanogptException e) {
            System.out.println("no ONNX: " + e.getMessage());
        }
        model.close();
        try {
            GPT.builder().contextLength(4).backend(Backends.djl()).train(CORPUS);
        } catch (NanogptException e) {
            System.out.println("no DJL: " + e.getMessage());
        }
        for (String name : List.of("ai.djl.engine.Engine", "ai.onnxruntime.OrtEnvironment", "com.sun.jna.Native")) {
            try {
                Class.forName(name);
                System.out.println("unexpected class: " + name);
            } catch (ClassNotFoundException e) {
                System.out.println("absent class: " + name);
            }
        }
    }
}
