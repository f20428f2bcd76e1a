package io.nanogpt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ChatModelsTest {
    private static final String TEXT = "User:\nWhat is red?\n\nAssistant:\nThe {\"rose\": [1, 23], 45: 6789.0} is.\n\n";
    private static final List<ChatMessage> MESSAGES =
            List.of(SystemMessage.from("The"), UserMessage.from("What is red?"));
    private static final GenerationOptions OPTIONS =
            GenerationOptions.defaults().withSeed(7).withMaxTokens(40);

    private static LanguageModel model;

    @BeforeAll
    static void train() {
        model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(32)
                .training(trainer -> trainer.steps(2).evaluationBatches(1))
                .train(Corpus.ofText((TEXT + "System:\n").repeat(20)));
        model.chatTemplate(ChatTemplate.plain());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static NanogptChatModel chat() {
        return NanogptChatModel.builder().model(model).options(OPTIONS).build();
    }

    private static NanogptStreamingChatModel streaming() {
        return NanogptStreamingChatModel.builder().model(model).options(OPTIONS).build();
    }

    @Test
    void anAnswerIsThatOfTheModel() {
        ChatResponse response = chat().chat(MESSAGES);
        String expected = model.chat(List.of(Message.system("The"), Message.user("What is red?")), OPTIONS);
        assertThat(response.aiMessage().text()).isEqualTo(expected);
        assertThat(response.modelName()).isEqualTo("nanogpt");
        NanogptTokenCountEstimator estimator = NanogptTokenCountEstimator.of(model);
        assertThat(response.tokenUsage().inputTokenCount())
                .isEqualTo(estimator.estimateTokenCountInMessages(MESSAGES))
                .isGreaterThan(estimator.estimateTokenCountInMessage(MESSAGES.get(1)));
        assertThat(estimator.estimateTokenCountInText("What")).isEqualTo(4);
        assertThat(response.tokenUsage().outputTokenCount()).isBetween(1, 40);
    }

    @Test
    void manyAtOnceGetWhatEachGetsAlone() {
        ChatModel chat = chat();
        List<CompletableFuture<ChatResponse>> answers =
                IntStream.range(0, 24).mapToObj(i -> chat.chatAsync(MESSAGES)).toList();
        String alone = chat.chat(MESSAGES).aiMessage().text();
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.join().aiMessage().text()).isEqualTo(alone));
    }

    @Test
    void aStreamIsTheWholeAnswerInPieces() throws Exception {
        Recorder recorder = new Recorder();
        streaming().chat(MESSAGES, recorder);
        recorder.await();
        ChatResponse whole = chat().chat(MESSAGES);
        assertThat(recorder.errors).isEmpty();
        assertThat(String.join("", recorder.pieces))
                .startsWith(whole.aiMessage().text())
                .isNotEmpty();
        assertThat(recorder.response.aiMessage()).isEqualTo(whole.aiMessage());
        assertThat(recorder.response.tokenUsage().totalTokenCount())
                .isEqualTo(whole.tokenUsage().totalTokenCount());
    }

    @Test
    void aPublisherHasTheSamePieces() throws Exception {
        List<ChatModelStreamingEvent> events = new ArrayList<>();
        CountDownLatch ended = new CountDownLatch(1);
        streaming().chat(ChatRequest.builder().messages(MESSAGES).build()).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ChatModelStreamingEvent event) {
                events.add(event);
            }

            @Override
            public void onError(Throwable failure) {
                ended.countDown();
            }

            @Override
            public void onComplete() {
                ended.countDown();
            }
        });
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        ChatResponse whole = chat().chat(MESSAGES);
        assertThat(events.subList(0, events.size() - 1)).isNotEmpty().hasOnlyElementsOfType(PartialResponse.class);
        assertThat(events.get(events.size() - 1))
                .isInstanceOfSatisfying(
                        CompleteResponse.class,
                        end -> assertThat(end.chatResponse().aiMessage()).isEqualTo(whole.aiMessage()));
    }

    @Test
    void aRequestOverridesTheDefaults() {
        NanogptChatModel chat = NanogptChatModel.builder()
                .model(model)
                .options(OPTIONS)
                .maxOutputTokens(30)
                .temperature(0.0)
                .build();
        assertThat(chat.defaultRequestParameters().maxOutputTokens()).isEqualTo(30);
        ChatResponse response = chat.chat(ChatRequest.builder()
                .messages(MESSAGES)
                .parameters(ChatRequestParameters.builder()
                        .maxOutputTokens(3)
                        .temperature(1.0)
                        .topK(5)
                        .topP(0.9)
                        .frequencyPenalty(0.1)
                        .presencePenalty(0.2)
                        .build())
                .build());
        GenerationOptions expected = OPTIONS.withMaxTokens(3)
                .withTemperature(1)
                .withTopK(5)
                .withTopP(0.9)
                .withFrequencyPenalty(0.1)
                .withPresencePenalty(0.2);
        assertThat(response.aiMessage().text())
                .isEqualTo(model.chat(List.of(Message.system("The"), Message.user("What is red?")), expected));
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(3);
        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(chat.chat(MESSAGES).aiMessage().text())
                .isEqualTo(model.chat(
                        List.of(Message.system("The"), Message.user("What is red?")),
                        OPTIONS.withMaxTokens(30).withTemperature(0)));
    }

    @Test
    void aStopEndsTheAnswer() {
        String whole = chat().chat(MESSAGES).aiMessage().text();
        String stop = whole.substring(3, 5);
        ChatResponse response = chat().chat(ChatRequest.builder()
                .messages(MESSAGES)
                .parameters(ChatRequestParameters.builder().stopSequences(stop).build())
                .build());
        assertThat(response.aiMessage().text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void anAnswerConformsToItsSchema() throws Exception {
        JsonSchema schema = JsonSchema.builder()
                .name("flower")
                .rootElement(JsonObjectSchema.builder()
                        .addProperty(
                                "re",
                                JsonEnumSchema.builder()
                                        .enumValues("rose", "is")
                                        .build())
                        .addProperty(
                                "se",
                                JsonArraySchema.builder()
                                        .items(JsonIntegerSchema.builder().build())
                                        .build())
                        .required("re")
                        .build())
                .build();
        for (int seed = 0; seed < 5; seed++) {
            ChatResponse response = NanogptChatModel.builder()
                    .model(model)
                    .options(OPTIONS.withSeed(seed).withMaxTokens(400))
                    .responseFormat(ResponseFormat.builder()
                            .type(ResponseFormatType.JSON)
                            .jsonSchema(schema)
                            .build())
                    .build()
                    .chat(MESSAGES);
            if (response.finishReason() == FinishReason.STOP) {
                JsonNode json = new ObjectMapper().readTree(response.aiMessage().text());
                assertThat(json.get("re").asText()).isIn("rose", "is");
                assertThat(json.properties())
                        .allMatch(member -> List.of("re", "se").contains(member.getKey()));
            }
        }
    }

    @Test
    void whatTheModelCannotDoIsRefused() {
        NanogptChatModel chat = chat();
        refused(
                UnsupportedFeatureException.class,
                "IMAGE",
                () -> chat.chat(UserMessage.from(ImageContent.from("data:image/png;base64,AA=="))));
        refused(
                UnsupportedFeatureException.class,
                "TOOL_EXECUTION_RESULT",
                () -> chat.chat(MESSAGES.get(1), ToolExecutionResultMessage.from("1", "tool", "result")));
        refused(
                UnsupportedFeatureException.class,
                "toolSpecifications",
                () -> chat.chat(request(ChatRequestParameters.builder()
                        .toolSpecifications(
                                ToolSpecification.builder().name("tool").build()))));
        refused(
                UnsupportedFeatureException.class,
                "jsonSchema",
                () -> chat.chat(request(ChatRequestParameters.builder().responseFormat(ResponseFormat.JSON))));
        refused(
                ModelNotFoundException.class,
                "gpt-9",
                () -> chat.chat(request(ChatRequestParameters.builder().modelName("gpt-9"))));
        refused(
                InvalidRequestException.class,
                "topK",
                () -> chat.chat(request(ChatRequestParameters.builder().topK(-1))));
    }

    private static void refused(Class<? extends Throwable> type, String word, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(type).hasMessageContaining(word);
    }

    private static ChatRequest request(dev.langchain4j.model.chat.request.DefaultChatRequestParameters.Builder<?> b) {
        return ChatRequest.builder().messages(MESSAGES).parameters(b.build()).build();
    }

    @Test
    void aModelWithoutATemplateSaysSo() {
        try (LanguageModel bare = GPT.builder()
                .layers(1)
                .heads(1)
                .embeddingSize(8)
                .contextLength(8)
                .training(trainer -> trainer.steps(1).evaluationBatches(1))
                .train(Corpus.ofText(TEXT.repeat(9)))) {
            assertThatThrownBy(
                            () -> NanogptChatModel.builder().model(bare).build().chat("red"))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("chat template");
        }
    }

    @Test
    void aCancelEndsTheAnswer() throws Exception {
        CountDownLatch third = new CountDownLatch(1);
        List<String> pieces = new ArrayList<>();
        List<Object> ends = new ArrayList<>();
        NanogptStreamingChatModel endless = NanogptStreamingChatModel.builder()
                .model(model)
                .options(OPTIONS.withMaxTokens(100_000).withRecordEnd(false))
                .build();
        endless.chat(MESSAGES, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                pieces.add(piece.text());
                if (pieces.size() == 3) {
                    context.streamingHandle().cancel();
                    assertThat(context.streamingHandle().isCancelled()).isTrue();
                    third.countDown();
                }
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                ends.add(response);
            }

            @Override
            public void onError(Throwable error) {
                ends.add(error);
            }
        });
        assertThat(third.await(60, TimeUnit.SECONDS)).isTrue();
        chat().chat(MESSAGES);
        assertThat(pieces).hasSize(3);
        assertThat(ends).isEmpty();
    }

    @Test
    void aFutureThatIsCancelledEndsTheAnswer() {
        CompletableFuture<ChatResponse> answer = NanogptChatModel.builder()
                .model(model)
                .options(OPTIONS.withMaxTokens(1_000_000).withRecordEnd(false))
                .build()
                .doChatAsync(ChatRequest.builder().messages(MESSAGES).build());
        answer.cancel(true);
        assertThat(catchThrowable(answer::join)).isInstanceOf(CancellationException.class);
    }

    @Test
    void anErrorOfTheHandlerIsReportedToIt() throws Exception {
        Recorder recorder = new Recorder() {
            @Override
            public void onPartialResponse(String piece) {
                super.onPartialResponse(piece);
                if (pieces.size() == 2) {
                    throw new IllegalStateException("second");
                }
            }
        };
        streaming().chat(MESSAGES, recorder);
        recorder.await();
        assertThat(recorder.errors).singleElement().asString().contains("second");
        assertThat(recorder.response).isNotNull();
    }

    @Test
    void listenersHearOfRequestsAndResponses() {
        List<String> heard = new ArrayList<>();
        NanogptChatModel chat = NanogptChatModel.builder()
                .model(model)
                .options(OPTIONS)
                .modelName("flowers")
                .listeners(List.of(new ChatModelListener() {
                    @Override
                    public void onResponse(ChatModelResponseContext context) {
                        heard.add(context.chatResponse().modelName() + ": "
                                + context.chatResponse().aiMessage().text());
                    }
                }))
                .build();
        AiMessage answer = chat.chat(MESSAGES).aiMessage();
        assertThat(heard).containsExactly("flowers: " + answer.text());
    }

    private static class Recorder implements StreamingChatResponseHandler {
        final List<String> pieces = new ArrayList<>();
        final List<Throwable> errors = new ArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private ChatResponse response;

        @Override
        public void onPartialResponse(String piece) {
            pieces.add(piece);
        }

        @Override
        public void onCompleteResponse(ChatResponse value) {
            response = value;
            ended.countDown();
        }

        @Override
        public void onError(Throwable error) {
            errors.add(error);
        }

        void await() throws InterruptedException {
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
