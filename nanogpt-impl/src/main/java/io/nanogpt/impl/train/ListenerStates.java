package io.nanogpt.impl.train;

import io.nanogpt.train.TrainingListener;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The states of a run's listeners, keyed by class and by order within a class. */
final class ListenerStates {
    private ListenerStates() {}

    static Map<String, String> of(List<TrainingListener> listeners) {
        Map<String, String> states = new LinkedHashMap<>();
        named(listeners).forEach((name, listener) -> states.put(name, listener.state()));
        return states;
    }

    /** Restores the states; listeners that the interrupted run did not have keep theirs. */
    static void restore(Map<String, String> states, List<TrainingListener> listeners) {
        named(listeners).forEach((name, listener) -> {
            String state = states.get(name);
            if (state != null) {
                listener.restore(state);
            }
        });
    }

    private static Map<String, TrainingListener> named(List<TrainingListener> listeners) {
        Map<String, TrainingListener> named = new LinkedHashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (TrainingListener listener : listeners) {
            String type = listener.getClass().getName();
            named.put(type + "#" + counts.merge(type, 1, Integer::sum), listener);
        }
        return named;
    }
}
