package io.nanogpt.impl.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A mapping from this library's parameter names to those of one family of checkpoints. Names are patterns of whole
 * modules or whole parameters: {@code {i}} is a layer index and {@code {h}} a head index. Names without a pattern are
 * the same in both.
 *
 * @param modules rows of the table; the first whose name fits counts
 * @param ignored patterns of tensors that are not weights, such as masks, without the prefixes that {@link StateDict}
 *     drops
 */
record NameTable(List<Module> modules, Set<String> ignored) {
    private static final String LAYER = "{i}";
    private static final String HEAD = "{h}";

    NameTable {
        modules = List.copyOf(modules);
        ignored = Set.copyOf(ignored);
    }

    /**
     * A row of the table.
     *
     * @param ours this library's name of a module or a parameter
     * @param theirs the checkpoint's name; with {@code {h}}, one tensor per head, stacked by rows in ours
     * @param form of the checkpoint's tensors
     */
    record Module(String ours, String theirs, TensorForm form) {
        /** A row for tensors that are as here. */
        static Module same(String ours, String theirs) {
            return new Module(ours, theirs, new TensorForm.Same());
        }
    }

    /**
     * The tensors of a checkpoint that make up a parameter.
     *
     * @param tensors names, stacked by rows
     * @param form of each tensor
     */
    record Origin(List<String> tensors, TensorForm form) {
        Origin {
            tensors = List.copyOf(tensors);
        }
    }

    /** The origin of a parameter in a checkpoint of a model with {@code heads} heads. */
    Origin origin(String parameter, int heads) {
        for (Module module : modules) {
            Matcher matcher = pattern(module.ours() + "{rest}").matcher(parameter);
            if (matcher.matches()) {
                boolean layered = module.ours().contains(LAYER);
                String theirs = layered ? module.theirs().replace(LAYER, matcher.group(1)) : module.theirs();
                String name = theirs + matcher.group(matcher.groupCount());
                return name.contains(HEAD)
                        ? new Origin(byHead(name, heads), module.form())
                        : new Origin(List.of(name), module.form());
            }
        }
        return new Origin(List.of(parameter), new TensorForm.Same());
    }

    /** Whether a tensor is ignored because it is not a weight. */
    boolean ignores(String tensor) {
        return ignored.stream()
                .anyMatch(ignoredName -> pattern(ignoredName).matcher(tensor).matches());
    }

    /** The number of heads, if it follows from the names. */
    Optional<Integer> heads(Set<String> tensors) {
        return modules.stream()
                .filter(module -> module.theirs().contains(HEAD))
                .findFirst()
                .map(module -> (int) IntStream.iterate(0, head -> head + 1)
                        .takeWhile(head -> tensors.contains(
                                module.theirs().replace(LAYER, "0").replace(HEAD, "" + head) + ".weight"))
                        .count());
    }

    private static List<String> byHead(String name, int heads) {
        List<String> names = new ArrayList<>();
        for (int head = 0; head < heads; head++) {
            names.add(name.replace(HEAD, Integer.toString(head)));
        }
        return names;
    }

    /** A regular expression: {@code {i}} and {@code {h}} match numbers, {@code {rest}} nothing or a dot and more. */
    private static Pattern pattern(String name) {
        return Pattern.compile(Pattern.quote(name)
                .replace(LAYER, "\\E(\\d+)\\Q")
                .replace(HEAD, "\\E(\\d+)\\Q")
                .replace("{rest}", "\\E((?:\\..+)?)\\Q"));
    }
}
