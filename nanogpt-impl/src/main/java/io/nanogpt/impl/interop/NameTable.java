package io.nanogpt.impl.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * How the checkpoints of one family name the parameters of our models. Names are patterns of whole modules or whole
 * parameters: {@code {i}} stands for the number of a layer and {@code {h}} for that of a head. What a pattern does not
 * name passes through under its own name.
 *
 * @param modules our names and theirs
 * @param prefix what some checkpoints of the family put before every name, or nothing
 * @param ignored patterns of tensors that are no weights, such as masks
 */
record NameTable(List<Module> modules, String prefix, Set<String> ignored) {
    private static final String LAYER = "{i}";
    private static final String HEAD = "{h}";

    NameTable {
        modules = List.copyOf(modules);
        ignored = Set.copyOf(ignored);
    }

    /**
     * A row of the table.
     *
     * @param ours our name of a module or a parameter
     * @param theirs theirs; with {@code {h}}, one tensor for each head, which stand one below the other in ours
     * @param transposed whether their matrices are {@code (inputs, outputs)}
     */
    record Module(String ours, String theirs, boolean transposed) {}

    /**
     * Where the elements of a parameter are found.
     *
     * @param tensors one below the other
     * @param transposed whether each of them is the parameter's transpose, where it is a matrix
     */
    record Origin(List<String> tensors, boolean transposed) {
        Origin {
            tensors = List.copyOf(tensors);
        }
    }

    /** Where a parameter of ours lies in a model with so many heads. */
    Origin origin(String parameter, int heads) {
        for (Module module : modules) {
            Matcher matcher = pattern(module.ours() + "{rest}").matcher(parameter);
            if (matcher.matches()) {
                boolean layered = module.ours().contains(LAYER);
                String theirs = layered ? module.theirs().replace(LAYER, matcher.group(1)) : module.theirs();
                String name = theirs + matcher.group(matcher.groupCount());
                return name.contains(HEAD)
                        ? new Origin(byHead(name, heads), module.transposed())
                        : new Origin(List.of(name), module.transposed());
            }
        }
        return new Origin(List.of(parameter), false);
    }

    /** Whether a tensor is no weight. */
    boolean ignores(String tensor) {
        return ignored.stream()
                .anyMatch(ignoredName -> pattern(ignoredName).matcher(tensor).matches());
    }

    /** The number of heads, where the names tell it. */
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

    /** {@code {i}} and {@code {h}} as numbers, {@code {rest}} as nothing or what follows a dot. */
    private static Pattern pattern(String name) {
        return Pattern.compile(Pattern.quote(name)
                .replace(LAYER, "\\E(\\d+)\\Q")
                .replace(HEAD, "\\E(\\d+)\\Q")
                .replace("{rest}", "\\E((?:\\..+)?)\\Q"));
    }
}
