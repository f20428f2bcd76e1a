package io.nanogpt.examples.cli;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Dataset;
import io.nanogpt.data.RemoteText;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.CreatedFolders;
import io.nanogpt.examples.samples.NumberSequences;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The verbs that write the text of a lesson to a file; the only ones that use the network. */
abstract class DataTextCommand extends Verb {
    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "file to write; one that is there already is kept, and nothing is downloaded")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    private final String address;
    private final String licence;

    /** Creates a verb with where its text comes from, and under which licence. */
    DataTextCommand(String address, String licence) {
        this.address = address;
        this.licence = licence;
    }

    /** What to do where there is no network. */
    static String withoutNetwork(Path file) {
        return "without a network, copy the text from another machine to " + file + " and give this command again; or"
                + " give verbs --sample in place of --data, for the captions that are built in";
    }

    /** Writes the file, or checks the one that is there. */
    abstract void write(Path file) throws IOException;

    @Override
    public Integer call() throws IOException {
        boolean kept = Files.exists(out);
        Path folder = out.toAbsolutePath().getParent();
        try {
            if (folder == null) {
                write(out);
            } else {
                CreatedFolders.of(folder).fill(() -> write(out));
            }
        } catch (UncheckedIOException e) {
            throw new UncheckedIOException(e.getMessage() + "; " + withoutNetwork(out), e.getCause());
        }
        long bytes = Files.size(out);
        if (json()) {
            out().println(new JsonLine()
                    .put("file", out.toString())
                    .put("bytes", bytes)
                    .put("kept", kept)
                    .put("address", address)
                    .put("licence", licence));
        } else {
            out().printf(Locale.ROOT, "%s: %,d bytes, %s%n", out, bytes, kept ? "there already" : "written");
            out().println("from " + address);
            out().println("licence: " + licence);
            out().println("next: nanogpt data show --data " + out);
        }
        out().flush();
        return 0;
    }

    /** Captions of pathology figures, a JSON array of strings. */
    @Command(
            name = "captions",
            description = "Get 2,499 captions of pathology figures, Open-MELON-VL-2.5K, as a JSON array.",
            footer = "  nanogpt data captions --out captions.json")
    static final class Captions extends DataTextCommand {
        Captions() {
            super(
                    "huggingface.co/datasets/MartiHan/Open-MELON-VL-2.5K",
                    "see the page of the data set, at this address");
        }

        @Override
        void write(Path file) {
            Corpus.ofDataset(Dataset.openMelon(file));
        }
    }

    /** The plays of Tiny Shakespeare. */
    @Command(
            name = "tiny-shakespeare",
            description = "Get Tiny Shakespeare, 1.1 MB of plays.",
            footer = "  nanogpt data tiny-shakespeare --out tiny-shakespeare.txt")
    static final class TinyShakespeare extends DataTextCommand {
        TinyShakespeare() {
            super("github.com/karpathy/char-rnn", "the plays are in the public domain; the repository is MIT");
        }

        @Override
        void write(Path file) {
            RemoteText.tinyShakespeare(file).download();
        }
    }

    /** The stories of TinyStories, version 2. */
    @Command(
            name = "tiny-stories",
            description =
                    "Get TinyStories, version 2 by GPT-4: 22 MB of its validation part, or all of its training part.",
            footer = {
                "  nanogpt data tiny-stories --out stories.txt",
                "  nanogpt data tiny-stories --part training --out stories-training.txt"
            })
    static final class TinyStories extends DataTextCommand {
        /** A file of the data set. */
        enum Part {
            VALIDATION,
            TRAINING
        }

        @Option(
                names = "--part",
                paramLabel = "PART",
                description = "${COMPLETION-CANDIDATES}; training has 2.2 GB (default: validation)")
        private Part part = Part.VALIDATION;

        TinyStories() {
            super("huggingface.co/datasets/roneneldan/TinyStories", "CDLA-Sharing-1.0");
        }

        @Override
        void write(Path file) {
            RemoteText text = switch (part) {
                case VALIDATION -> RemoteText.tinyStoriesValidation(file);
                case TRAINING -> RemoteText.tinyStoriesTraining(file);
            };
            text.download();
        }
    }

    /** Three sequences of numbers, which are computed. */
    @Command(
            name = "sequences",
            description = "Write three sequences of numbers, like those of pico-llm; without the network.",
            footer = "  nanogpt data sequences --out sequences.txt")
    static final class Sequences extends DataTextCommand {
        Sequences() {
            super("this program", "none is needed: the numbers are computed");
        }

        @Override
        void write(Path file) throws IOException {
            String text = NumberSequences.corpus().text();
            if (!Files.exists(file)) {
                Files.writeString(file, text);
            } else if (!Files.readString(file).equals(text)) {
                throw new NanogptException(
                        "--out " + file + " exists and holds something else; delete it, or give another file");
            }
        }
    }
}
