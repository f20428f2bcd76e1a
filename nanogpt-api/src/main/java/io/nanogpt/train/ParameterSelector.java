package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.ParameterSpec.Role;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Selects parameters of a model by what they are used for and by name. Immutable.
 *
 * @param roles the roles of the parameters; empty for any
 * @param name the name, in which {@code *} stands for any characters: {@code blocks.0.*}, {@code *.mlp.*}
 */
public record ParameterSelector(List<Role> roles, String name) {
    private static final String ANY = "*";

    public ParameterSelector {
        Set<Role> set = EnumSet.noneOf(Role.class);
        set.addAll(roles);
        roles = List.copyOf(set);
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a selector needs a name, * for any");
        }
    }

    /** Selects the parameters of these roles. */
    public static ParameterSelector of(Role... roles) {
        if (roles.length == 0) {
            throw new IllegalArgumentException("a selector needs at least one role");
        }
        return new ParameterSelector(Arrays.asList(roles), ANY);
    }

    /** Selects the parameters of this name, in which {@code *} stands for any characters. */
    public static ParameterSelector named(String name) {
        return new ParameterSelector(List.of(), name);
    }

    /** Selects the matrices within the model, see {@link Role#HIDDEN}. */
    public static ParameterSelector hidden() {
        return of(Role.HIDDEN);
    }

    /** Selects the tables of tokens and positions, see {@link Role#EMBEDDING}. */
    public static ParameterSelector embeddings() {
        return of(Role.EMBEDDING);
    }

    /** Selects the tables of hashed groups of tokens, see {@link Role#TABLE}. */
    public static ParameterSelector tables() {
        return of(Role.TABLE);
    }

    /** Selects the weight that gives the logits, see {@link Role#HEAD}. */
    public static ParameterSelector head() {
        return of(Role.HEAD);
    }

    /** Selects biases, weights of norms and the like, see {@link Role#VECTOR}. */
    public static ParameterSelector vectors() {
        return of(Role.VECTOR);
    }

    /** Returns a copy that also requires this name, in which {@code *} stands for any characters. */
    public ParameterSelector withName(String value) {
        return new ParameterSelector(roles, value);
    }

    /** Whether this selects a parameter. */
    public boolean matches(ParameterSpec parameter) {
        return (roles.isEmpty() || roles.contains(parameter.role())) && matchesName(parameter.name());
    }

    private boolean matchesName(String candidate) {
        String pattern =
                Arrays.stream(name.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return candidate.matches(pattern);
    }

    /** Returns the roles and the name, for example {@code hidden}, {@code hidden|head} or {@code vector:*.bias}. */
    @Override
    public String toString() {
        if (roles.isEmpty()) {
            return name;
        }
        String text =
                roles.stream().map(role -> role.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining("|"));
        return name.equals(ANY) ? text : text + ":" + name;
    }
}
