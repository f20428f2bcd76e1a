package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.Preset;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A preset of the command line.
 *
 * @param model the model and its name
 * @param training how it is trained by default
 */
public record ModelPreset(Preset model, TrainingDefaults training) {
    static final String FILE_SUFFIX = ".json";

    /** A preset of the library or of a study with its training defaults. */
    public static ModelPreset of(Preset preset) {
        return new ModelPreset(preset, TrainingDefaults.of(preset));
    }

    /**
     * The preset of a name, or of a JSON file.
     *
     * @throws IllegalArgumentException if there is no such name, or the file cannot be used
     */
    static ModelPreset of(String nameOrFile) {
        return isFile(nameOrFile) ? PresetFile.read(Path.of(nameOrFile)) : of(StudyPresets.of(nameOrFile));
    }

    static boolean isFile(String nameOrFile) {
        return nameOrFile.toLowerCase(Locale.ROOT).endsWith(FILE_SUFFIX);
    }
}
