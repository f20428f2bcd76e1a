package io.nanogpt.impl.inspect.explorer;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.page.PageServer;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Explorer;
import io.nanogpt.inspect.Inspection;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The page of a model on a server for this machine. */
public final class ServedExplorer implements Explorer {
    /** Of the random tokens of induction scores. */
    static final long SEED = 1;

    private static final int MOST_NEIGHBOURS = 100;

    private final LanguageModel model;
    private final PageServer server;
    private final Inspections inspections;

    private ServedExplorer(LanguageModel model, String name, int port) {
        this.model = model;
        inspections = new Inspections(model);
        PageServer.Builder builder = PageServer.builder()
                .page("", () -> ExplorerPage.html(name, ExplorerPage.Form.SERVED))
                .get("model.json", () -> ModelJson.object(json -> ModelJson.write(json, model)))
                .post("inspect", answer(request -> InspectionJson.text(inspection(request), model.tokenizer())))
                .post("attention", answer(this::attention))
                .post("lens", answer(request -> {
                    int layer = (int) request.member("layer").integer(0, Integer.MAX_VALUE);
                    return InspectionJson.lens(inspection(request), layer);
                }))
                .post("next", answer(this::next))
                .post("neighbours", answer(request -> {
                    int id = (int) request.member("id").integer(0, Integer.MAX_VALUE);
                    int count = (int) request.member("count").integer(1, MOST_NEIGHBOURS);
                    return InspectionJson.neighbours(model.inspect(0).neighbours(id, count));
                }))
                .post(
                        "map",
                        answer(request -> ModelJson.object(
                                json -> ModelJson.write(json, model.inspect(0).embeddingMap()))))
                .post("induction", answer(request -> {
                    Inspection inspection = inspections.of(new int[] {0}, removed(request));
                    return InspectionJson.induction(inspection.inductionScores(SEED));
                }));
        for (String script : ExplorerPage.SCRIPTS) {
            builder.file(script, "text/javascript", () -> ExplorerPage.script(script));
        }
        server = builder.start(port);
    }

    /** Serves a page, as {@link Explorer#open} describes. */
    public static ServedExplorer open(LanguageModel model, String name, int port) {
        return new ServedExplorer(model, name, port);
    }

    /** An answer whose refusals the page can show. */
    private static Function<JsonValue, String> answer(Function<JsonValue, String> call) {
        return request -> {
            try {
                return call.apply(request);
            } catch (UnsupportedOperationException e) {
                throw new NanogptException(String.valueOf(e.getMessage()), e);
            } catch (OutOfMemoryError e) {
                long megabytes = Runtime.getRuntime().maxMemory() >> 20;
                throw new NanogptException(
                        "this text needs more memory than the " + megabytes
                                + " MB that Java may take; shorten it, or give Java more with -Xmx",
                        e);
            }
        };
    }

    /** The maps of a layer, of all tokens or those from one on up to another. */
    private String attention(JsonValue request) {
        int layer = (int) request.member("layer").integer(0, Integer.MAX_VALUE);
        Inspection inspection = inspection(request);
        int length = inspection.tokens().size();
        JsonValue first = request.optional("from");
        JsonValue last = request.optional("to");
        int from = first == null ? 0 : (int) first.integer(0, length - 1L);
        int to = last == null ? length : (int) last.integer(from + 1L, length);
        return InspectionJson.attention(inspections.attention(inspection, layer), from, to);
    }

    /** The logits after the last token. */
    private String next(JsonValue request) {
        Set<AttentionHead> removed = removed(request);
        int[] ids = ids(request);
        float[] logits =
                removed.isEmpty() ? model.logits(ids) : last(inspection(request).logits());
        return ModelJson.object(json -> json.writeStringField("logits", ModelJson.floats(logits)));
    }

    private static float[] last(float[][] rows) {
        return rows[rows.length - 1];
    }

    private Inspection inspection(JsonValue request) {
        return inspections.of(ids(request), removed(request));
    }

    /** The tokens of a request, which gives their ids or a text. */
    private int[] ids(JsonValue request) {
        JsonValue text = request.optional("text");
        if (text != null) {
            return model.tokenizer().encodePrompt(text.string());
        }
        return request.member("ids").elements().stream()
                .mapToInt(id -> (int) id.integer(0, Integer.MAX_VALUE))
                .toArray();
    }

    private static Set<AttentionHead> removed(JsonValue request) {
        Set<AttentionHead> heads = new HashSet<>();
        for (JsonValue pair : request.member("removed").elements()) {
            List<JsonValue> numbers = pair.elements();
            if (numbers.size() != 2) {
                throw pair.error("expected a layer and a head");
            }
            heads.add(new AttentionHead((int) numbers.get(0).integer(0, Integer.MAX_VALUE), (int)
                    numbers.get(1).integer(0, Integer.MAX_VALUE)));
        }
        return heads;
    }

    @Override
    public URI uri() {
        return server.uri();
    }

    @Override
    public void close() {
        server.close();
    }
}
