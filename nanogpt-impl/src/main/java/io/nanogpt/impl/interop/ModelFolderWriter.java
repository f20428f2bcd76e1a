package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the files of a {@link ModelFolder}, all or none. */
final class ModelFolderWriter {
    private final Path folder;
    private final StagedFolder files;
    private final ModelFolder model;

    ModelFolderWriter(ModelFolder model) {
        this.model = model;
        folder = model.folder();
        files = model.files();
    }

    /** Writes the whole folder, see {@link ModelFolder#write}. */
    void write(
            Architecture architecture,
            Optional<TransformerConfig> transformer,
            Tokenizer tokenizer,
            WeightFiles weights,
            ModelFolder.About about) {
        Map<String, Object> config = ConfigContent.of(architecture, transformer);
        TransformersTokenizer hub = TransformersTokenizer.of(
                tokenizer, about.ends(tokenizer).stream().findFirst());
        if (transformer.flatMap(HuggingFaceConfig::of).isPresent()) {
            hub.putIds(config);
        }
        config.put(ModelFolder.VERSION_KEY, ModelFolder.version());
        byte[] card = new ModelCard(architecture, tokenizer, about.report(), weights)
                .text()
                .getBytes(StandardCharsets.UTF_8);
        try {
            AtomicFiles.createFolder(folder);
            refuseFoldersInPlace(weights);
            List<String> older = new ArrayList<>(weights.names());
            older.addAll(ModelFolder.OPTIONAL_FILES);
            files.replace(older, staging -> {
                tokenizer.save(staging.resolve(ModelFolder.TOKENIZER));
                writeBytes(staging.resolve(TransformersTokenizer.CONFIG), hub.config(architecture.contextLength()));
                writeBytes(staging.resolve(TransformersTokenizer.SPECIAL_TOKENS), hub.specialTokens());
                writeBytes(staging.resolve(ModelFolder.CARD), card);
                writeBytes(staging.resolve(ModelFolder.CONFIG), JsonObjects.bytes(config));
                GenerationConfigFile.bytes(about, tokenizer)
                        .ifPresent(bytes -> writeBytes(staging.resolve(GenerationConfigFile.NAME), bytes));
                about.chatTemplate()
                        .ifPresent(template -> writeBytes(
                                staging.resolve(ChatTemplateFile.NAME),
                                template.source().getBytes(StandardCharsets.UTF_8)));
                Map<String, String> metadata = Companions.metadata(staging, ModelFolder.COMPANIONS);
                if (!weights.names().contains(ModelFolder.WEIGHTS)) {
                    Optional<String> identity = weights.source()
                            .map(parameters -> ModelFolder.safetensors(parameters, transformer)
                                    .identity(metadata));
                    refuseOtherWeights(identity.orElse(""));
                    identity.ifPresent(same -> metadata.put(ModelFolder.SAME_WEIGHTS, same));
                }
                weights.write(staging, metadata);
                Optional<String> identity = weights.names().contains(ModelFolder.WEIGHTS)
                        ? Optional.of(ModelFolder.identity(staging.resolve(ModelFolder.WEIGHTS)))
                        : Optional.ofNullable(metadata.get(ModelFolder.SAME_WEIGHTS));
                about.report()
                        .ifPresent(report -> writeBytes(
                                staging.resolve(TrainingReportFile.NAME), TrainingReportFile.bytes(report, identity)));
            });
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

    /** The config.json and tokenizer.json that are about to be replaced must not be needed by weights that stay. */
    private void refuseOtherWeights(String identity) {
        for (String name : StateDict.FILES) {
            if (files.find(name).isPresent() && !(name.equals(ModelFolder.WEIGHTS) && !model.isOther(identity))) {
                throw new NanogptException("cannot export into " + folder + " (nothing was changed): its " + name
                        + " is of another model, or was written by another version of this library; save the model"
                        + " there first, or export it to another folder");
            }
        }
    }

    private static void writeBytes(Path file, byte[] bytes) {
        AtomicFiles.write(file, out -> out.write(bytes));
    }

    /** Checks before anything is written that no folder has the name of a file. */
    private void refuseFoldersInPlace(WeightFiles weights) {
        String folders = Stream.of(weights.names(), ModelFolder.FILES, ModelFolder.OPTIONAL_FILES)
                .flatMap(List::stream)
                .filter(name -> Files.isDirectory(folder.resolve(name)))
                .collect(Collectors.joining(", "));
        if (!folders.isEmpty()) {
            throw new NanogptException("cannot save the model in " + folder + ": " + folders
                    + " is a folder there, but must be a file; choose another folder");
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
        return new NanogptException("cannot save the model in " + folder + " (nothing was changed): " + reason, cause);
    }
}
