package io.nanogpt.examples.cli.options;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.nanogpt.examples.cli.console.CommandLines;
import io.nanogpt.examples.cli.console.ErrorLines;
import io.nanogpt.model.Preset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * A preset in a JSON file: an object whose names are model options of {@code train}, and {@code batch-size},
 * {@code steps}, {@code eval-every} and {@code eval-batches}. What it leaves out comes from its {@code preset}, captions by
 * default.
 */
final class PresetFile {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    @Mixin
    private ArchitectureOptions model = new ArchitectureOptions();

    @Option(names = "--batch-size")
    private @Nullable Integer batchSize;

    @Option(names = "--steps")
    private @Nullable Integer steps;

    @Option(names = "--eval-every")
    private @Nullable Integer evaluateEvery;

    @Option(names = "--eval-batches")
    private @Nullable Integer evaluationBatches;

    private PresetFile() {}

    /**
     * Reads a preset.
     *
     * @throws IllegalArgumentException naming the file, if it is no such object
     */
    static ModelPreset read(Path file) {
        PresetFile options = new PresetFile();
        CommandLine line = CommandLines.of(options);
        List<String> arguments = new ArrayList<>();
        try {
            settings(file).forEach((name, value) -> {
                OptionSpec option = line.getCommandSpec().findOption("--" + name);
                if (option == null) {
                    throw new IllegalArgumentException("\"" + name + "\" is no option of a preset; these are the model"
                            + " options of train, batch-size, steps, eval-every and eval-batches");
                }
                arguments.addAll(OptionArguments.of(option, name, value));
            });
            line.parseArgs(arguments.toArray(String[]::new));
            return options.preset(name(file));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(file + ": " + ErrorLines.message(e), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - ModelPreset.FILE_SUFFIX.length());
    }

    private ModelPreset preset(String name) {
        String base = model.presetName();
        if (base != null && ModelPreset.isFile(base)) {
            throw new IllegalArgumentException("the preset in a preset file must be a name, but is " + base);
        }
        ModelPreset from = base == null ? ModelPreset.of(Preset.CAPTIONS) : ModelPreset.of(base);
        TrainingDefaults defaults = from.training();
        return new ModelPreset(
                new Preset(name.isBlank() ? "preset" : name, model.config(from.model())),
                new TrainingDefaults(
                        or(batchSize, defaults.batchSize()),
                        or(steps, defaults.steps()),
                        or(evaluateEvery, defaults.evaluateEvery()),
                        or(evaluationBatches, defaults.evaluationBatches()),
                        defaults.optimization()));
    }

    private static int or(@Nullable Integer value, int other) {
        return value == null ? other : value;
    }

    private static Map<String, Object> settings(Path file) {
        Map<String, Object> settings = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(Files.readString(file))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("expected a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                settings.put(name, value(name, json.nextToken(), json));
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("expected nothing after the JSON object");
            }
            return settings;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the preset " + file + " (" + e + ")", e);
        }
    }

    private static Object value(String name, @Nullable JsonToken token, JsonParser json) throws IOException {
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        if (token == JsonToken.VALUE_STRING
                || token == JsonToken.VALUE_NUMBER_INT
                || token == JsonToken.VALUE_NUMBER_FLOAT) {
            return json.getText();
        }
        throw new IllegalArgumentException("\"" + name + "\" must be a number, a string, true or false");
    }
}
