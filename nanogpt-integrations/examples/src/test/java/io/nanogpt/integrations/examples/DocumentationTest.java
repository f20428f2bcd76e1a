package io.nanogpt.integrations.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.data.Corpus;
import io.nanogpt.springai.NanogptProperties;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The code of docs/integrations.md is compiled and runs, and its table has every property. */
@Tag("any-jdk")
class DocumentationTest {
    private static final Path PAGE = Path.of("../../docs/integrations.md");
    private static final Path SOURCES = Path.of("src/test/java/io/nanogpt/integrations/examples");

    @Test
    void itsCodeIsThatOfTheSources() throws IOException {
        List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).containsExactly(code("DocumentedLangChain4j.java"), code("DocumentedSpringAi.java"));
    }

    private static String code(String file) throws IOException {
        return Pattern.compile("// begin\n(.*?)\n *// end", Pattern.DOTALL)
                .matcher(Files.readString(SOURCES.resolve(file)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .findFirst()
                .orElseThrow()
                .stripIndent()
                .concat("\n");
    }

    @Test
    void itsCodeRuns() {
        try (LanguageModel model = GPT.builder()
                .layers(1)
                .heads(1)
                .embeddingSize(8)
                .contextLength(8)
                .training(trainer -> trainer.steps(1).evaluationBatches(1))
                .train(Corpus.ofText("What is a lymphocyte? ".repeat(20)))) {
            model.chatTemplate(ChatTemplate.jinja("{{ messages[-1]['content'] }}"));
            assertThat(DocumentedLangChain4j.answer(model)).isNotEmpty();
            assertThat(DocumentedSpringAi.pieces(model).collectList().block()).isNotEmpty();
        }
    }

    @Test
    void itsTableHasEveryProperty() throws IOException {
        String page = Files.readString(PAGE);
        for (RecordComponent component : NanogptProperties.class.getRecordComponents()) {
            if (!component.getType().isRecord()) {
                assertThat(page).contains("| `spring.ai.nanogpt." + kebab(component.getName()) + "` |");
            }
        }
        for (RecordComponent component : NanogptProperties.Chat.class.getRecordComponents()) {
            assertThat(page).contains("." + kebab(component.getName()) + "`");
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }
}
