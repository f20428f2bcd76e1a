package io.nanogpt.examples.samples;

import io.nanogpt.data.Corpus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three sequences of numbers, a line each, like those that pico-llm mixes into its stories. */
public final class NumberSequences {
    private NumberSequences() {}

    /** The numbers from 0 to 20, the even ones to 38, and the first sixteen of Fibonacci's; line breaks between them. */
    public static Corpus corpus() {
        List<Integer> fibonacci = new ArrayList<>(List.of(0, 1));
        while (fibonacci.size() < 16) {
            int last = fibonacci.size() - 1;
            fibonacci.add(fibonacci.get(last) + fibonacci.get(last - 1));
        }
        return Corpus.ofStrings(List.of(
                        line(IntStream.rangeClosed(0, 20).boxed().toList()),
                        line(IntStream.rangeClosed(0, 19)
                                .map(i -> 2 * i)
                                .boxed()
                                .toList()),
                        line(fibonacci)))
                .withSeparator("\n")
                .withRecordEnd(false);
    }

    private static String line(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
