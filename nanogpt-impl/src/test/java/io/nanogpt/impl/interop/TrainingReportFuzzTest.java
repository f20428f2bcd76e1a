package io.nanogpt.impl.interop;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.chat.Message;
import io.nanogpt.impl.fuzz.Untrusted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Training reports and generation defaults, the two optional files of a saved model. */
class TrainingReportFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(
                TrainingReportFile.bytes(TrainingReportFileTest.REPORT, Optional.of("weights")),
                "{\"eos_token_id\": 1, \"record_end\": \"|\"}".getBytes(StandardCharsets.UTF_8),
                "{\"chat_template\": \"{% for m in messages %}{{ m.content | trim }}{% endfor %}\"}"
                        .getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read(TrainingReportFile.NAME, content, file -> TrainingReportFile.read(file, weights -> true));
        Untrusted.read(
                GenerationConfigFile.NAME,
                content,
                (Path file) -> GenerationConfigFile.read(Optional.of(file), Optional.empty()));
        Untrusted.read(
                ChatTemplateFile.TOKENIZER_CONFIG,
                content,
                (Path file) -> ChatTemplateFile.read(file).template().render(List.of(Message.user("a")), true));
    }
}
