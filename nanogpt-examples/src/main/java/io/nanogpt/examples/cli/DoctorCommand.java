package io.nanogpt.examples.cli;

import io.nanogpt.Diagnosis;
import io.nanogpt.examples.cli.console.JsonLine;
import java.util.List;
import picocli.CommandLine.Command;

/** The {@code doctor} verb. */
@Command(
        name = "doctor",
        description = "Check what works on this machine: Java, vector kernels, ONNX Runtime, PyTorch, GPUs.",
        footer = "  nanogpt doctor")
final class DoctorCommand extends Verb {
    @Override
    public Integer call() {
        List<Diagnosis> all = Diagnosis.all();
        if (json()) {
            JsonLine line = new JsonLine();
            all.forEach(diagnosis -> line.put(diagnosis.subject(), diagnosis.finding()));
            line.put(
                    "advice",
                    all.stream()
                            .flatMap(diagnosis -> diagnosis.advice().stream())
                            .toList());
            out().println(line);
        } else {
            for (Diagnosis diagnosis : all) {
                out().println((diagnosis.advice().isEmpty() ? "  ok  " : "  --  ") + diagnosis.subject() + ": "
                        + diagnosis.finding());
                diagnosis.advice().ifPresent(advice -> out().println("      " + advice));
            }
        }
        out().flush();
        return 0;
    }
}
