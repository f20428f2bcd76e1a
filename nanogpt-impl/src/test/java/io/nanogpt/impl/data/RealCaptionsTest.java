package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The figures of the caption corpus, which the project does not ship. */
class RealCaptionsTest {
    private static final String CAPTIONS = "shared/data/open-melon-captions.json";

    @Test
    void theCaptionsHaveTheKnownFigures() {
        Corpus corpus =
                Corpus.ofStrings(new FileCorpusReader().json(captions())).withSeparator("\n<ENDC>\n");
        assertThat(corpus.records()).hasSize(2_499);
        String text = corpus.text();
        assertThat(text.codePointCount(0, text.length())).isEqualTo(971_654);

        CharacterTokenizer tokenizer = CharacterTokenizer.train(text, UnknownCharacters.ERROR);
        assertThat(tokenizer.vocabularySize()).isEqualTo(109);
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);

        Corpus.Split split = CorpusSplitter.split(corpus, SplitOptions.defaults());
        assertThat(tokenizer.encode(split.train())).hasSize(874_488);
        assertThat(tokenizer.encode(split.validation())).hasSize(97_166);
    }

    /** Beside the repository, or above it. */
    private static Path captions() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path file = folder.resolve(CAPTIONS);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return Assumptions.abort("skipped: there is no " + CAPTIONS + " beside a folder above this one");
    }
}
