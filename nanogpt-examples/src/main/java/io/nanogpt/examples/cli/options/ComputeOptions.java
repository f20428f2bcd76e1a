package io.nanogpt.examples.cli.options;

import io.nanogpt.GPT;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.model.Preset;
import io.nanogpt.spi.Library;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the backend that trains. */
@Heading("Compute")
public final class ComputeOptions {
    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "auto, cpu, djl or the name of another backend on the class path; auto is djl (PyTorch) if it"
                    + " finds a GPU, else cpu (default: auto)")
    private @Nullable String backend;

    @Option(
            names = "--device",
            split = ",",
            paramLabel = "DEVICE",
            description = "of djl: auto, cpu, cuda or cuda:N; several, such as cuda:0,cuda:1, share each batch"
                    + " (default: auto)")
    private List<String> devices = new ArrayList<>();

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description =
                    "of matrix products: ${COMPLETION-CANDIDATES}; without --backend, another than f32 is one of djl;"
                            + " --backend cpu has bf16 with nanogpt-native on the class path (default: f32)")
    private MatrixPrecision precision = MatrixPrecision.F32;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads; on the CPU backend they do not change the result (default: all processors)")
    private @Nullable Integer threads;

    /** Sets backend and threads. */
    public void apply(GPT.Builder builder) {
        builder.backend(choice());
        if (threads != null) {
            builder.threads(threads);
        }
    }

    /** The default preset: the caption model for the device that trains. */
    public ModelPreset defaultPreset() {
        return ModelPreset.of(Library.get().computesOnGpu(choice()) ? Preset.CAPTIONS_GPU : Preset.CAPTIONS);
    }

    /** Without {@code --backend}, the one that the device and the precision need. */
    private BackendChoice choice() {
        boolean cuda = devices.stream().anyMatch(device -> device.startsWith("cuda"));
        boolean cpu = devices.equals(List.of("cpu"));
        boolean onlyDjl = cuda || precision != MatrixPrecision.F32;
        String name = backend != null ? backend : onlyDjl ? "djl" : cpu ? "cpu" : "auto";
        boolean bf16OnCpu = name.equals("cpu") && precision == MatrixPrecision.BF16;
        if (!name.equals("djl") && (cuda || devices.size() > 1 || (precision != MatrixPrecision.F32 && !bf16OnCpu))) {
            throw new IllegalArgumentException("--backend " + name + " computes on one device in f32"
                    + (name.equals("cpu") ? " or bf16" : "")
                    + "; give --backend djl for another --device or --precision"
                    + (precision == MatrixPrecision.BF16 ? ", or --backend cpu for bf16" : ""));
        }
        return switch (name) {
            case "auto" -> cpu ? Backends.cpu() : Backends.auto();
            case "cpu" -> Backends.cpu().withPrecision(precision);
            case "djl" -> {
                BackendChoice.Djl choice = Backends.djl().withPrecision(precision);
                yield devices.isEmpty() ? choice : choice.withDevices(devices.toArray(String[]::new));
            }
            default -> Backends.named(name);
        };
    }
}
