package io.nanogpt.server;

import io.nanogpt.LanguageModel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a server, as {@link Server.Builder} describes them.
 *
 * @param models by their names
 */
record Settings(Map<String, LanguageModel> models, String host, int port, Optional<String> apiKey, Limits limits) {
    /** Limits of requests. */
    record Limits(int maxTokens, int maxBodyBytes, int maxConnections, Duration timeout, Duration drainTimeout) {}

    int maxTokens() {
        return limits.maxTokens();
    }
}
