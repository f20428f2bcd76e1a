package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Dataset;
import io.nanogpt.impl.files.JsonValue;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text column of all splits of a data set from the rows interface of the Hugging Face datasets server, page by
 * page, and caches it as a JSON array. The cache is written after the last page, so it is complete or absent.
 */
final class DatasetDownloader {
    private static final System.Logger LOGGER = System.getLogger(DatasetDownloader.class.getName());

    /** The largest page of the server, in rows. */
    private static final int PAGE = 100;

    private static final String DEFAULT_CONFIGURATION = "default";

    private final HttpJson http;

    DatasetDownloader(RetryPolicy retries) {
        this.http = new HttpJson(retries);
    }

    List<String> texts(Dataset dataset) {
        if (Files.exists(dataset.cache())) {
            return JsonTexts.array(dataset.cache());
        }
        List<String> texts = new ArrayList<>();
        for (Part part : parts(dataset)) {
            download(dataset, part, texts);
        }
        if (texts.isEmpty()) {
            throw new NanogptException("the data set " + dataset.name() + " has no text in column \"" + dataset.column()
                    + "\"; nothing was written");
        }
        JsonTexts.write(dataset.cache(), texts);
        return texts;
    }

    private List<Part> parts(Dataset dataset) {
        URI address = address(dataset, "/splits?dataset=" + encoded(dataset.name()));
        List<Part> parts = new ArrayList<>();
        Set<String> configurations = new LinkedHashSet<>();
        JsonValue answer = http.get(address, "the splits of " + dataset.name());
        for (JsonValue split : answer.member("splits").elements()) {
            Part part = new Part(
                    split.member("config").string(), split.member("split").string());
            parts.add(part);
            configurations.add(part.configuration());
        }
        if (configurations.size() > 1) {
            // Configurations are mostly views of the same rows, so reading them all would repeat texts.
            if (!configurations.contains(DEFAULT_CONFIGURATION)) {
                throw new NanogptException("the data set " + dataset.name() + " has several configurations, "
                        + configurations + ", and none is called " + DEFAULT_CONFIGURATION
                        + "; expected one; download the one you want by other means and read the file");
            }
            parts.removeIf(part -> !part.configuration().equals(DEFAULT_CONFIGURATION));
        }
        if (parts.isEmpty()) {
            throw answer.error("the data set " + dataset.name() + " has no splits; check that its viewer works");
        }
        return parts;
    }

    private void download(Dataset dataset, Part part, List<String> texts) {
        String purpose = "rows of " + dataset.name() + ", split " + part.split();
        String query = "/rows?dataset=" + encoded(dataset.name()) + "&config=" + encoded(part.configuration())
                + "&split=" + encoded(part.split());
        long total = Long.MAX_VALUE;
        int missing = 0;
        for (long offset = 0; offset < total; ) {
            JsonValue page = http.get(address(dataset, query + "&offset=" + offset + "&length=" + PAGE), purpose);
            total = page.member("num_rows_total").integer(0, Integer.MAX_VALUE);
            List<JsonValue> rows = page.member("rows").elements();
            if (rows.isEmpty() && offset < total) {
                throw page.error("the server announced " + total + " rows but sent none from row " + offset
                        + " on; try again later; nothing was written");
            }
            for (JsonValue row : rows) {
                String text = text(row, dataset.column());
                if (text == null) {
                    missing++;
                } else {
                    texts.add(text);
                }
            }
            offset += rows.size();
            LOGGER.log(System.Logger.Level.DEBUG, "{0}: {1} of {2}", purpose, offset, total);
        }
        if (missing > 0) {
            LOGGER.log(System.Logger.Level.WARNING, "{0}: {1} rows have no text and are left out", purpose, missing);
        }
    }

    private static @Nullable String text(JsonValue row, String column) {
        JsonValue truncated = row.optional("truncated_cells");
        if (truncated != null && truncated.elements().stream().anyMatch(cell -> column.equals(cell.string()))) {
            throw truncated.error("the server cut the text of \"" + column
                    + "\" because it is too long; download the data set by other means and read the file");
        }
        JsonValue cell = row.member("row").member(column);
        return cell.isNull() ? null : cell.string();
    }

    private static URI address(Dataset dataset, String pathAndQuery) {
        String server = dataset.server().toString();
        return URI.create((server.endsWith("/") ? server.substring(0, server.length() - 1) : server) + pathAndQuery);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** One split of one configuration. */
    private record Part(String configuration, String split) {}
}
