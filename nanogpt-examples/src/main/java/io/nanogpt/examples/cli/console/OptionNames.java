package io.nanogpt.examples.cli.console;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Messages of the library in the words of the command line: {@code embeddingSize} becomes {@code --embedding-size}. Only
 * names that are options of the command that failed are replaced. Those of one word, such as {@code heads}, are English
 * too, and are replaced only where the message speaks of their value.
 */
public final class OptionNames {
    /** Names of the API whose options are called otherwise. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("evaluateEvery", "--eval-every"),
            Map.entry("evaluationBatches", "--eval-batches"),
            Map.entry("maxTime", "--max-minutes"),
            Map.entry("keepLast", "--keep-checkpoints"),
            Map.entry("beta1", "--betas"),
            Map.entry("beta2", "--betas"),
            Map.entry("logProbabilities", "--logprobs"),
            Map.entry("vocabularySize", "--vocab"),
            Map.entry("utilization", "--mfu"),
            Map.entry("warmUp", "--warmup"),
            Map.entry("patience", "--early-stop"),
            Map.entry("convolutionSize", "--convolution"),
            Map.entry("epsilon", "--norm-epsilon"));

    /**
     * Words of the API for an option.
     *
     * @param option that the command must have; empty for one of another command
     */
    private record Phrase(String words, String option, String replacement) {}

    private static final List<Phrase> PHRASES = List.of(
            new Phrase("UnknownCharacters.SKIP or REPLACE", "", "--unknown skip or replace"),
            new Phrase("orders of n-grams must", "--ngram-orders", "--ngram-orders must"),
            new Phrase("rows of an n-gram table must", "--ngram-rows", "--ngram-rows must"),
            new Phrase("width of an n-gram table must", "--ngram-width", "--ngram-width must"),
            new Phrase("the decay of averaged weights must", "--average-decay", "--average-decay must"),
            new Phrase("the decay is a share", "--decay-share", "--decay-share is a share"),
            new Phrase("the warm-up must", "--warmup", "--warmup must"),
            new Phrase("the rank of adapters must", "--lora-rank", "--lora-rank must"),
            new Phrase(
                    "use one of ChatTemplate.chatMl(), llama3(), gemma() and plain()",
                    "--chat-template",
                    "give --chat-template chatml, llama3, gemma or plain"),
            new Phrase("the floor is a share", "--floor", "--floor is a share"),
            new Phrase(
                    "DJL cannot compute without its PyTorch engine; add",
                    "--backend",
                    "--backend djl, which --device cuda needs, and --precision without --backend cpu, cannot compute without"
                            + " DJL's PyTorch engine; leave these options out, to compute on the CPU in f32, or add"),
            new Phrase(
                    "on the CPU; add the artifact nanogpt-native, or train in f32",
                    "--precision",
                    "with --backend cpu; add the artifact nanogpt-native, or leave out --precision"),
            new Phrase("; train in f32", "--precision", "; leave out --precision"),
            new Phrase("Window.rolling() needs", "--beyond-context", "--beyond-context rolling needs"),
            new Phrase("use Window.dropHalf()", "--beyond-context", "give --beyond-context drop-half"),
            new Phrase("the JSON schema, #", "--json-schema", "--json-schema, #"),
            new Phrase("of the JSON schema takes", "--json-schema", "of --json-schema takes"),
            new Phrase("\" within the JSON schema;", "--json-schema", "\" within --json-schema;"),
            new Phrase("\" within the pattern ", "--regex", "\" within --regex "));

    private static final Pattern WORD = Pattern.compile("(?<![\\w.\"'/-])[a-z][A-Za-z0-9]*(?![\\w(/]|\\.\\w)");
    /** What stands before and behind a name of one word where it is an argument. */
    private static final Pattern BEFORE = Pattern.compile("(^|[:;,] |\\bby |\\band )$");

    /** What stands before a column that is a place in a file. */
    private static final Pattern PLACE = Pattern.compile("\\bline \\d+, $");

    private static final Pattern BEHIND = Pattern.compile("^ (must|needs|cannot|is not|-?\\d)");

    private OptionNames() {}

    /** A message with the options of a command in place of the names that the API has for them. */
    public static String in(String message, CommandSpec command) {
        Map<String, String> options = options(command);
        String phrased = message;
        for (Phrase phrase : PHRASES) {
            if (phrase.option().isEmpty() || command.findOption(phrase.option()) != null) {
                phrased = phrased.replace(phrase.words(), phrase.replacement());
            }
        }
        Matcher words = WORD.matcher(phrased);
        StringBuilder text = new StringBuilder();
        while (words.find()) {
            String word = words.group();
            String option = options.get(word);
            boolean isEnglish = word.equals(word.toLowerCase(Locale.ROOT));
            String before = phrased.substring(0, words.start());
            boolean isArgument = BEFORE.matcher(before).find()
                    && !PLACE.matcher(before).find()
                    && BEHIND.matcher(phrased.substring(words.end())).find();
            boolean certain = !isEnglish || isArgument;
            words.appendReplacement(text, Matcher.quoteReplacement(option != null && certain ? option : word));
        }
        return words.appendTail(text).toString();
    }

    private static Map<String, String> options(CommandSpec command) {
        Map<String, String> options = new HashMap<>();
        OTHERS.forEach((name, option) -> {
            if (command.findOption(option) != null) {
                options.put(name, option);
            }
        });
        for (OptionSpec option : command.options()) {
            for (String name : option.names()) {
                if (name.startsWith("--") && !option.usageHelp() && !option.versionHelp()) {
                    options.put(camelCase(name.substring(2)), name);
                }
            }
        }
        return options;
    }

    private static String camelCase(String name) {
        StringBuilder text = new StringBuilder();
        for (String word : name.split("-", -1)) {
            text.append(text.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return text.toString();
    }
}
