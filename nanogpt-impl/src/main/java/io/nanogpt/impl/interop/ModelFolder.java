package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A saved model: {@code config.json}, {@code tokenizer.json}, {@code README.md} and its weights, {@code model.safetensors}
 * or other {@link WeightFiles}, replaced together by {@link StagedFolder}.
 */
public final class ModelFolder {
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String CARD = "README.md";
    private static final List<String> FILES = List.of(TOKENIZER, CARD, CONFIG);

    private static final String KIND_KEY = "model_type";
    private static final String VERSION_KEY = "nanogpt_version";
    private static final Set<String> RESERVED_KEYS = Set.of(KIND_KEY, VERSION_KEY);

    private final Path folder;

    /** A folder that may not exist yet. */
    public ModelFolder(Path folder) {
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    /**
     * What {@code config.json} says.
     *
     * @param kind of the architecture
     * @param settings of the architecture
     */
    public record Config(String kind, Map<String, Object> settings) {
        public Config {
            settings = Map.copyOf(settings);
        }
    }

    /** The files that hold the weights of a model, in one format or another. */
    public interface WeightFiles {
        /** The files that may be there; those of an older model that are not written are deleted. */
        List<String> names();

        /** Writes the files into a folder. */
        void write(Path folder);

        /** How the model card says to use them, in Markdown. */
        String usage();
    }

    /** Where the tokenizer lies. */
    public Path tokenizerFile() {
        return folder.resolve(TOKENIZER);
    }

    /**
     * Reads {@code config.json}.
     *
     * @throws NanogptException if there is none, or it does not name an architecture
     */
    public Config readConfig() {
        new StagedFolder(folder).complete();
        Path file = folder.resolve(CONFIG);
        if (!Files.exists(file)) {
            throw new NanogptException(
                    folder + " holds no " + CONFIG + ", so it is no saved model, or its saving was cut"
                            + " off; give the folder that LanguageModel.save wrote");
        }
        Map<String, Object> settings = new LinkedHashMap<>(JsonObjects.read(file));
        if (!(settings.get(KIND_KEY) instanceof String kind)) {
            throw new NanogptException(file + ": expected a string at \"" + KIND_KEY
                    + "\" that names the architecture, but found " + settings.get(KIND_KEY));
        }
        settings.keySet().removeAll(RESERVED_KEYS);
        return new Config(kind, settings);
    }

    /**
     * Checks that the weights are those of a model, from the header of the file alone: every parameter is there in its
     * shape, and nothing else is.
     *
     * @throws NanogptException naming the file, the tensor, and the shape that was expected and found
     */
    public void checkParameters(List<ParameterSpec> specs) {
        try (SafetensorsFile file = SafetensorsFile.open(weightsFile())) {
            check(file, specs);
        }
    }

    /**
     * Reads every parameter of a store, after {@link #checkParameters}.
     *
     * @throws NanogptException naming the file, the tensor, and the shape that was expected and found
     */
    public void readParameters(ParameterStore parameters) {
        try (SafetensorsFile file = SafetensorsFile.open(weightsFile())) {
            check(file, parameters.specs());
            for (ParameterSpec spec : parameters.specs()) {
                parameters.write(spec.name(), file.floats(spec.name()));
            }
        }
    }

    /** Writes the whole folder with {@code model.safetensors}. */
    public void write(
            Architecture architecture,
            Tokenizer tokenizer,
            ParameterStore parameters,
            Optional<TrainingReport> report) {
        write(architecture, tokenizer, new SafetensorsWeights(parameters, WEIGHTS), report);
    }

    /**
     * Writes the whole folder: whatever fails, and wherever a crash cuts it off, an older model stays as it was or the
     * new one is there, never a mixture.
     *
     * @throws NanogptException if the folder cannot be written
     */
    public void write(
            Architecture architecture, Tokenizer tokenizer, WeightFiles weights, Optional<TrainingReport> report) {
        Map<String, Object> config = config(architecture);
        byte[] card = new ModelCard(architecture, tokenizer, report, weights.usage())
                .text()
                .getBytes(StandardCharsets.UTF_8);
        try {
            // createDirectories of JDK 17 refuses a link to a folder.
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            refuseFoldersInPlace(weights);
            List<String> stale = new ArrayList<>(weights.names());
            new StagedFolder(folder).replace(staging -> {
                weights.write(staging);
                stale.removeIf(name -> Files.exists(staging.resolve(name)));
                tokenizer.save(staging.resolve(TOKENIZER));
                writeBytes(staging.resolve(CARD), card);
                writeBytes(staging.resolve(CONFIG), JsonObjects.bytes(config));
            });
            for (String name : stale) {
                Files.deleteIfExists(folder.resolve(name));
            }
        } catch (AccessDeniedException e) {
            throw cannotSave(
                    "no permission to write there; choose another folder or change its permissions (" + e.getMessage()
                            + ")",
                    e);
        } catch (IOException e) {
            throw cannotSave(
                    (isBelowFile() ? "a part of its path is a file, not a folder; choose another folder (" : "(") + e
                            + ")",
                    e);
        } catch (UncheckedIOException e) {
            throw cannotSave(e.getMessage(), e);
        }
    }

    private Path weightsFile() {
        return folder.resolve(WEIGHTS);
    }

    private static void check(SafetensorsFile file, List<ParameterSpec> specs) {
        Set<String> left = new LinkedHashSet<>(file.names());
        List<String> missing = new ArrayList<>();
        for (ParameterSpec spec : specs) {
            if (!left.remove(spec.name())) {
                missing.add(spec.name() + " " + spec.shape());
                continue;
            }
            List<Long> expected = Arrays.stream(spec.shape().sizes())
                    .mapToObj(size -> (long) size)
                    .toList();
            List<Long> found = file.shape(spec.name());
            if (!found.equals(expected)) {
                throw new NanogptException(
                        file.name() + ": tensor " + spec.name() + " should have shape " + spec.shape()
                                + " by " + CONFIG + ", but has " + SafetensorsHeader.Tensor.shapeText(found)
                                + "; the two files belong to different models");
            }
        }
        if (!missing.isEmpty() || !left.isEmpty()) {
            throw new NanogptException(file.name() + " does not fit " + CONFIG + ": it lacks " + Listing.of(missing)
                    + ", and it has beyond the model " + Listing.of(left)
                    + "; the two files belong to different models");
        }
    }

    private static Map<String, Object> config(Architecture architecture) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(KIND_KEY, architecture.kind());
        architecture.settings().forEach((key, value) -> {
            if (RESERVED_KEYS.contains(key)) {
                throw new IllegalArgumentException("architecture " + architecture.kind() + " has a setting " + key
                        + ", which " + CONFIG + " reserves; rename the setting");
            }
            config.put(key, value);
        });
        config.put(VERSION_KEY, version());
        return config;
    }

    /** Of the library, from the manifest of the jar; classes in a folder have none. */
    public static String version() {
        return Optional.ofNullable(ModelFolder.class.getPackage())
                .map(Package::getImplementationVersion)
                .orElse("development");
    }

    private static void writeBytes(Path file, byte[] bytes) {
        AtomicFiles.write(file, out -> out.write(bytes));
    }

    /** Found out before the first file is put in place. */
    private void refuseFoldersInPlace(WeightFiles weights) {
        String folders = Stream.concat(weights.names().stream(), FILES.stream())
                .filter(name -> Files.isDirectory(folder.resolve(name)))
                .collect(Collectors.joining(", "));
        if (!folders.isEmpty()) {
            throw new NanogptException("cannot save the model in " + folder + ": " + folders
                    + " there must be a file, but is a folder; choose another folder");
        }
    }

    private boolean isBelowFile() {
        for (Path path = folder.toAbsolutePath(); path != null; path = path.getParent()) {
            if (Files.exists(path)) {
                return !Files.isDirectory(path);
            }
        }
        return false;
    }

    private NanogptException cannotSave(@Nullable String reason, Exception cause) {
        return new NanogptException(
                "cannot save the model in " + folder + ", where nothing was changed: " + reason, cause);
    }
}
