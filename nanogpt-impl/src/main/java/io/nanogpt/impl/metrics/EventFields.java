package io.nanogpt.impl.metrics;

/**
 * The field numbers of TensorBoard's messages that this library writes, named as in {@code event.proto} and
 * {@code summary.proto}.
 */
final class EventFields {
    private EventFields() {}

    static final class Event {
        static final int WALL_TIME = 1;
        static final int STEP = 2;
        static final int FILE_VERSION = 3;
        static final int SUMMARY = 5;
        static final int SESSION_LOG = 7;

        private Event() {}
    }

    static final class SessionLog {
        static final int STATUS = 1;

        private SessionLog() {}
    }

    static final class SessionStatus {
        static final int START = 1;

        private SessionStatus() {}
    }

    static final class Summary {
        static final int VALUE = 1;

        private Summary() {}
    }

    static final class SummaryValue {
        static final int TAG = 1;
        static final int SIMPLE_VALUE = 2;
        static final int TENSOR = 8;
        static final int METADATA = 9;

        private SummaryValue() {}
    }

    static final class Tensor {
        static final int DTYPE = 1;
        static final int TENSOR_SHAPE = 2;
        static final int STRING_VAL = 8;

        private Tensor() {}
    }

    static final class DataType {
        static final int STRING = 7;

        private DataType() {}
    }

    static final class SummaryMetadata {
        static final int PLUGIN_DATA = 1;

        private SummaryMetadata() {}
    }

    static final class PluginData {
        static final int PLUGIN_NAME = 1;

        private PluginData() {}
    }
}
