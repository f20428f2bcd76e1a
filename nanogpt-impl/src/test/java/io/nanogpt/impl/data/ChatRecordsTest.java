package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations as examples: what counts in the loss, what is cut, and what shares a sequence. */
class ChatRecordsTest {
    private static final int NONE = Batches.IGNORED_TARGET;

    @TempDir
    private Path folder;

    private static BitSet bits(int... indices) {
        BitSet bits = new BitSet();
        Arrays.stream(indices).forEach(bits::set);
        return bits;
    }

    private static int[][] batch(Examples examples, int rows, int context) {
        int[] inputs = new int[rows * context];
        int[] targets = new int[rows * context];
        int[] positions = new int[rows * context];
        Batches batches = Batches.once(examples, new Batches.Size(rows, context, 100));
        batches.fill(0, inputs, targets);
        batches.positions(0, positions);
        return new int[][] {inputs, targets, positions};
    }

    @Test
    void onlyAnswersCountEachWithItsEnd() {
        List<Message> messages = List.of(
                Message.system("s"),
                Message.user("one"),
                Message.assistant("two"),
                Message.user("x"),
                Message.assistant("yy"));
        Chats chats = Chats.of(List.of(messages));
        ChatTemplate template = ChatTemplate.chatMl();
        Tokenizer tokenizer = Tokenizers.byteLevelBpe()
                .vocabularySize(270)
                .specialTokens("<|im_start|>", "<|im_end|>")
                .train(chats.corpus(template));
        Records records = Examples.ofChats(chats, template, tokenizer);
        int[] ids = new int[records.length(0)];
        records.copy(0, 0, ids, 0, ids.length);
        assertThat(tokenizer.decode(ids)).isEqualTo(template.render(messages, false));
        StringBuilder predicted = new StringBuilder();
        for (int i = 0; i < ids.length; i++) {
            predicted.append(records.isPredicted(0, i) ? tokenizer.decode(ids[i]) : "~");
        }
        assertThat(predicted.toString().replaceAll("~+", "~")).isEqualTo("~two<|im_end|>\n~yy<|im_end|>\n");
        // The ids before an answer are those of the prompt for it.
        String prompt = template.render(messages.subList(0, 4), true);
        assertThat(Arrays.copyOf(ids, records.lastResponse(0))).isEqualTo(tokenizer.encode(prompt));
    }

    @Test
    void theFrontOfAPromptIsCutAndThenTheEndOfTheResponse() {
        int[] ids = IntStream.range(0, 20).toArray();
        // Fits.
        Records short20 = Records.of(List.of(ids), List.of(bits(18, 19)));
        assertThat(batch(short20, 1, 19)[0]).startsWith(0, 1).endsWith(17, 18);
        // The front of the prompt is cut until the response fits.
        int[][] cut = batch(short20, 1, 8);
        assertThat(cut[0]).containsExactly(11, 12, 13, 14, 15, 16, 17, 18);
        assertThat(cut[1]).containsExactly(NONE, NONE, NONE, NONE, NONE, NONE, 18, 19);
        // Half of the context is left to the prompt, and the end of the response is cut.
        Records long20 =
                Records.of(List.of(ids), List.of(bits(IntStream.range(10, 20).toArray())));
        int[][] both = batch(long20, 1, 7);
        assertThat(both[0]).containsExactly(6, 7, 8, 9, 10, 11, 12);
        assertThat(both[1]).containsExactly(NONE, NONE, NONE, 10, 11, 12, 13);
        // Records all of whose ids count lose their end.
        assertThat(batch(Records.of(List.of(ids)), 1, 4)[1]).containsExactly(1, 2, 3, 4);
        // Of several answers the last one is kept.
        Records two = Records.of(List.of(ids), List.of(bits(2, 3, 18, 19)));
        assertThat(batch(two, 1, 4)[1]).containsExactly(NONE, NONE, 18, 19);
        assertThat(batch(Records.of(List.of(ids), List.of(bits(1, 2))), 1, 4)[1])
                .containsExactly(1, 2, NONE, NONE);
    }

    @Test
    void recordsShareASequenceWithoutATargetFromOneToTheNext() {
        List<int[]> records = List.of(
                new int[] {1, 2, 3}, new int[] {4, 5, 6, 7, 8, 9}, new int[] {10, 11}, new int[] {12, 13, 14, 15});
        Records packed = Records.of(records).withPacking(true).withOrder(Order.SEQUENTIAL);
        int[][] batch = batch(packed, 2, 8);
        assertThat(batch[0]).containsExactly(4, 5, 6, 7, 8, 12, 13, 14, 1, 2, 10, 0, 0, 0, 0, 0);
        assertThat(batch[1]).containsExactly(5, 6, 7, 8, 9, 13, 14, 15, 2, 3, 11, NONE, NONE, NONE, NONE, NONE);
        assertThat(batch[2]).containsExactly(0, 1, 2, 3, 4, 0, 1, 2, 0, 1, 0, 0, 1, 2, 3, 4);
        assertThat(Batches.once(packed, new Batches.Size(1, 8, 100)).count()).isEqualTo(2);
        assertThat(Batches.packed(packed)).isTrue();
        assertThat(Batches.packed(packed.withPacking(false))).isFalse();
        assertThat(Batches.packed(Mixture.of(0.5, packed, Records.of(records)))).isTrue();
        // A slice is packed anew.
        assertThat(batch(packed.slice(0, 0.5), 1, 8)[0]).containsExactly(4, 5, 6, 7, 8, 1, 2, 0);
    }

    /** Every record is there once, whatever their lengths, and rows are about as few as can be. */
    @Test
    void packingLosesNothing() {
        Random random = new Random(3);
        List<int[]> records = new ArrayList<>();
        int used = 0;
        for (int i = 0; i < 99; i++) {
            int[] record = new int[2 + random.nextInt(20)];
            Arrays.fill(record, i);
            used += Math.min(16, record.length - 1);
            records.add(record);
        }
        Records packed = Records.of(records).withPacking(true);
        int rows = (int) Batches.once(packed, new Batches.Size(1, 16, 100)).count();
        int[][] batch = batch(packed, rows, 16);
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < batch[0].length; i++) {
            if (batch[1][i] != NONE) {
                assertThat(batch[1][i]).isEqualTo(batch[0][i]);
                used--;
                if (batch[2][i] == 0) {
                    assertThat(seen.add(batch[0][i])).isTrue();
                }
            }
        }
        assertThat(seen).hasSize(99);
        assertThat(used).isZero();
        assertThat(rows).isLessThan(80);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}  | ok
                    {"prompt": "a", "response": "b", "other": [1]}                                          | ok
                    {"prompt": "a"}                                                | line 3, column 1: expected a member "response"
                    {"prompt": "a", "response": 7}                                 | line 3, column 29: response: expected a string
                    {"messages": []}                                               | line 3, column 14: messages: expected at least one message of the role assistant
                    {"messages": [{"role": "robot", "content": "b"}]}              | messages[0].role: there is no role "robot"
                    {"messages": [{"role": "assistant", "content": null}]}         | messages[0].content: expected a string
                    {"prompt": "a", "response": " "}                               | line 3, column 29: response: expected an answer to learn, but it has no text; give it one
                    {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}]} | messages: expected an answer to learn, but it has no text
                    {"messages": 5}                                                | messages: expected an array
                    [1]                                                            | line 3, column 1: expected an object
                    {"prompt": "a", "response"                                     | line 3, column
                    """)
    void badLinesAreNamed(String line, String message) throws IOException {
        Path file = Files.writeString(
                folder.resolve("chats.jsonl"), "{\"prompt\": \"p\", \"response\": \"r\"}\n\n" + line + "\n");
        if (message.equals("ok")) {
            assertThat(Chats.ofJsonLines(file).conversations())
                    .containsExactly(
                            List.of(Message.user("p"), Message.assistant("r")),
                            List.of(Message.user("a"), Message.assistant("b")));
            return;
        }
        assertThatThrownBy(() -> Chats.ofJsonLines(file))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("chats.jsonl, line 3")
                .hasMessageContaining(message);
    }

    @Test
    void othersColumnsAreReadByName() throws IOException {
        Path file = Files.writeString(folder.resolve("c.jsonl"), "{\"finding\": \"f\", \"caption\": \"c\"}");
        assertThat(Chats.ofJsonLines(file, "finding", "caption").conversations())
                .containsExactly(List.of(Message.user("f"), Message.assistant("c")));
        Path empty = Files.writeString(folder.resolve("e.jsonl"), "\n");
        assertThatThrownBy(() -> Chats.ofJsonLines(empty))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("e.jsonl has no conversation");
    }

    @Test
    void whatCannotBeLearntIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Chats.of(List.of(List.of(Message.user("a")))))
                .withMessageContaining("conversation 0 (counted from 0) has no message of the assistant");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Records.of(List.of(new int[] {1, 2}), List.of(bits(0))))
                .withMessageContaining("record 0");
        Chats silent = Chats.of(List.of(List.of(Message.user("a"), Message.assistant(""))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Examples.ofChats(
                        silent,
                        ChatTemplate.chatMl(),
                        Tokenizers.characters().train(silent.corpus(ChatTemplate.chatMl()))))
                .withMessageStartingWith("conversation 0 (counted from 0): no answer of the assistant (content, or"
                        + " response) has a text, so there is nothing to learn");
        Chats chats = Chats.of(List.of(List.of(Message.assistant("a"), Message.user("b"))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Examples.ofChats(
                        chats, ChatTemplate.gemma(), Tokenizers.characters().train(chats.corpus(ChatTemplate.plain()))))
                .withMessageContaining("conversation 0 (counted from 0): the chat template refuses these messages");
    }
}
