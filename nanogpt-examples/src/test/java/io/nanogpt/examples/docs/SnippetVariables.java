package io.nanogpt.examples.docs;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.TokenSource;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.graph.Node;
import io.nanogpt.model.Architecture;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.Trainer;
import java.nio.file.Path;
import java.util.List;

/**
 * The variables that a block of code in the documentation may use without declaring them. Each block is compiled as the
 * body of a method of a subclass, so a block may also declare a variable of the same name.
 */
public abstract class SnippetVariables {
    protected LanguageModel model;
    protected Corpus corpus;
    protected Tokenizer tokenizer;
    protected Architecture architecture;
    protected Trainer trainer;
    protected Path folder;
    protected TokenSource tokens;
    protected Examples stories;
    protected List<Run> runs;
    protected RunLog log;
    protected Node head;
    protected int endOfText;

    /** The block. */
    public abstract void run() throws Exception;
}
