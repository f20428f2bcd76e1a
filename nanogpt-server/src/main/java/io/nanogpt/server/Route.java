package io.nanogpt.server;

/** What a request asks for. */
enum Route {
    PAGE("/", false),
    HEALTH("/health", false),
    METRICS("/metrics", false),
    MODELS("/v1/models", false),
    /** Below {@link #MODELS}. */
    MODEL("/v1/models/{model}", false),
    COMPLETIONS("/v1/completions", true),
    CHAT_COMPLETIONS("/v1/chat/completions", true),
    EMBEDDINGS("/v1/embeddings", true),
    /** There is no such path. */
    UNKNOWN("other", false);

    private final String path;
    private final boolean post;

    Route(String path, boolean post) {
        this.path = path;
        this.post = post;
    }

    /** Finds the route of a path and query. */
    static Route of(String uri) {
        String path = path(uri);
        for (Route route : values()) {
            if (route != UNKNOWN && route.path.equals(path)) {
                return route;
            }
        }
        return path.startsWith(MODELS.path + "/") ? MODEL : UNKNOWN;
    }

    /** The path without its query. */
    static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    /** The path, or a name for all of its kind. */
    String path() {
        return path;
    }

    /** Whether it is asked for with POST. */
    boolean isPost() {
        return post;
    }
}
