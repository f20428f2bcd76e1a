package io.nanogpt.examples.cli.console;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The section of {@code --help} that lists an option; on a class, the section of its options without a heading. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD})
public @interface Heading {
    /** The section of {@code --help}, {@code --json} and their like, which is always last. */
    String GENERAL = "General options";

    String value();
}
