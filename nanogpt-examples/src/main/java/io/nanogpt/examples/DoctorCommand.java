package io.nanogpt.examples;

import io.nanogpt.Diagnosis;
import java.util.List;
import picocli.CommandLine.Command;

/** Says what works on this machine. */
@Command(name = "doctor", description = "Says what works on this machine, and what to do about what does not.")
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
