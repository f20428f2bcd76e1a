package io.nanogpt.server;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.QueueFullException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer that is an error, in OpenAI's form. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;

    /**
     * Creates an error.
     *
     * @param status of HTTP
     * @param type OpenAI's kind of error
     * @param param the member of the request that is at fault, if any
     * @param code a name for programs, if any
     */
    ApiError(int status, String type, String message, @Nullable String param, @Nullable String code) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
    }

    static ApiError badRequest(String message) {
        return new ApiError(400, INVALID, message, null, null);
    }

    static ApiError invalid(String param, String message) {
        return new ApiError(400, INVALID, message, param, "invalid_value");
    }

    static ApiError unsupported(String param, String message) {
        return new ApiError(400, INVALID, message, param, "unsupported_parameter");
    }

    static ApiError refused(int status, String message, String code) {
        return new ApiError(status, INVALID, message, null, code);
    }

    static ApiError unavailable(String message, String code) {
        return new ApiError(503, "server_error", message, null, code);
    }

    /** The answer to a request whose work ended with an exception; the message of an error of ours stays here. */
    static ApiError of(Throwable thrown) {
        if (thrown instanceof ApiError error) {
            return error;
        }
        if (thrown instanceof QueueFullException) {
            return new ApiError(
                    429,
                    "rate_limit_error",
                    "as many requests wait as may; try again in a second",
                    null,
                    "rate_limit_exceeded");
        }
        if (thrown instanceof IllegalArgumentException
                || thrown instanceof UnsupportedOperationException
                || thrown instanceof NanogptException) {
            return badRequest(String.valueOf(thrown.getMessage()));
        }
        return new ApiError(500, "server_error", "an error in the server; its log has more", null, "internal_error");
    }

    int status() {
        return status;
    }

    /** Whether the same request may succeed later. */
    boolean isTemporary() {
        return status == 429 || status == 503;
    }

    /** The body of the answer. */
    Map<String, @Nullable Object> body() {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", getMessage());
        error.put("type", type);
        error.put("param", param);
        error.put("code", code);
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("error", error);
        return body;
    }
}
