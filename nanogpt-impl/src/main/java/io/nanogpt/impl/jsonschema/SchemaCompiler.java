package io.nanogpt.impl.jsonschema;

import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.jsonschema.CharacterSteps.Step;
import io.nanogpt.impl.regex.JavaParser;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a schema: each schema within it is a rule, written without white space, and with the properties of an object
 * in the order of the schema.
 */
final class SchemaCompiler {
    /** The most items and characters: larger maxima count as this, and larger minima are refused. */
    private static final int LARGEST = 1_024;

    private static final int MOST_PROPERTIES = 1_000;
    /** Characters of a pattern in a message. */
    private static final int MOST_SHOWN = 80;

    private final JsonValue root;
    private final SchemaErrors errors;
    private final ProgramBuilder program;
    private final StringRules strings;
    private final LiteralRules literals;
    private final Map<String, Integer> ruleOfPlace = new HashMap<>();
    private final Map<List<Object>, Integer> stringRules = new HashMap<>();
    private final Queue<Pending> pending = new ArrayDeque<>();

    private record Pending(int rule, Runnable body) {}

    SchemaCompiler(JsonValue root, Vocabulary vocabulary, SchemaErrors errors) {
        this.root = root;
        this.errors = errors;
        program = new ProgramBuilder(errors);
        strings = new StringRules(program, vocabulary, this, errors);
        literals = new LiteralRules(program, vocabulary);
    }

    Program compile() {
        ruleOf(Schema.of("#", root, errors));
        for (Pending next = pending.poll(); next != null; next = pending.poll()) {
            program.begin(next.rule());
            next.body().run();
        }
        return program.build();
    }

    /** Reserves a rule whose instructions are appended later. */
    int later(String place, Runnable body) {
        int rule = program.newRule(place);
        pending.add(new Pending(rule, body));
        return rule;
    }

    private int ruleOf(Schema schema) {
        Schema resolved = resolve(schema);
        Integer known = ruleOfPlace.get(resolved.place());
        if (known == null) {
            known = later(resolved.place(), () -> emit(resolved));
            ruleOfPlace.put(resolved.place(), known);
        }
        return known;
    }

    private int ruleOf(String place, JsonValue value) {
        return ruleOf(Schema.of(place, value, errors));
    }

    /** Follows references. */
    private Schema resolve(Schema schema) {
        Schema resolved = schema;
        Set<String> visited = new LinkedHashSet<>();
        while (visited.add(resolved.place())) {
            if (resolved.has("$ref")) {
                resolved.requireAlone("$ref", Set.of(), errors);
                resolved = resolved.target(root, errors);
            } else if (resolved.has("allOf")) {
                resolved.requireAlone("allOf", Set.of(), errors);
                List<JsonValue> all = resolved.value().member("allOf").elements();
                if (all.size() != 1) {
                    throw errors.at(resolved.at("allOf"), "allOf of more than one schema is not supported; write one");
                }
                resolved = Schema.of(SchemaErrors.child(resolved.at("allOf"), "0"), all.get(0), errors);
            } else {
                return resolved;
            }
        }
        throw errors.at(schema.place(), "the reference leads to itself: " + String.join(", ", visited));
    }

    private void emit(Schema schema) {
        JsonValue constant = schema.get("const");
        JsonValue values = schema.get("enum");
        JsonValue options = schema.get("anyOf");
        if (constant != null) {
            schema.requireAlone("const", Set.of("type"), errors);
            emitValues(schema, "const", List.of(constant));
        } else if (values != null) {
            schema.requireAlone("enum", Set.of("type"), errors);
            emitValues(schema, "enum", values.elements());
        } else if (options != null) {
            schema.requireAlone("anyOf", Set.of(), errors);
            emitOptions(schema, options.elements());
        } else {
            program.choose(schema.types(errors).stream()
                    .<Runnable>map(type -> () -> emitType(type, schema))
                    .toList());
        }
    }

    private void emitOptions(Schema schema, List<JsonValue> options) {
        if (options.isEmpty()) {
            throw errors.at(schema.at("anyOf"), "anyOf has no schema");
        }
        List<Runnable> parts = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            int rule = ruleOf(SchemaErrors.child(schema.at("anyOf"), String.valueOf(i)), options.get(i));
            parts.add(() -> program.add(Program.GOTO, rule));
        }
        program.choose(parts);
    }

    private void emitValues(Schema schema, String keyword, List<JsonValue> values) {
        List<JsonValue> fitting = values;
        if (schema.has("type")) {
            Set<String> types = schema.types(errors);
            fitting = values.stream()
                    .filter(value -> types.stream().anyMatch(type -> isOfType(value, type)))
                    .toList();
        }
        if (fitting.isEmpty()) {
            throw errors.at(schema.at(keyword), keyword + " has no value of the schema's type");
        }
        literals.emit(fitting.stream().map(JsonValue::json).toList());
    }

    private static boolean isOfType(JsonValue value, String type) {
        if (value.isNull() || value.isArray() || value.isObject()) {
            return type.equals(value.isNull() ? "null" : value.isArray() ? "array" : "object");
        }
        Object scalar = value.scalar();
        return switch (type) {
            case "string" -> scalar instanceof String;
            case "boolean" -> scalar instanceof Boolean;
            case "number" -> scalar instanceof Number;
            case "integer" ->
                scalar instanceof Long || (scalar instanceof Double number && number == Math.rint(number));
            default -> false;
        };
    }

    private void emitType(String type, Schema schema) {
        switch (type) {
            case "object" -> emitObject(schema);
            case "array" -> emitArray(schema);
            case "string" -> emitString(schema);
            case "number" -> emitNumber(schema, false);
            case "integer" -> emitNumber(schema, true);
            case "boolean" -> literals.emit(List.of("true", "false"));
            default -> literals.emit(List.of("null"));
        }
    }

    private void emitObject(Schema schema) {
        Map<String, JsonValue> properties = properties(schema);
        Set<String> required = required(schema, properties);
        List<Integer> rules = new ArrayList<>();
        properties.forEach(
                (name, value) -> rules.add(property(name, SchemaErrors.child(schema.at("properties"), name), value)));
        List<Boolean> optional = properties.keySet().stream()
                .map(name -> !required.contains(name))
                .toList();
        program.takeByte('{');
        // For each property: where it is the first, and where others were before it.
        List<Integer> following = new ArrayList<>();
        boolean mayBeEmpty = true;
        for (int index = 0; mayBeEmpty && index < rules.size(); index++) {
            mayBeEmpty = optional.get(index);
            int skip = mayBeEmpty ? program.add(Program.SPLIT, program.size() + 1) : -1;
            program.add(Program.CALL, rules.get(index));
            following.add(program.add(Program.JUMP, 0));
            if (mayBeEmpty) {
                program.land(skip);
            }
        }
        int empty = program.add(mayBeEmpty ? Program.JUMP : Program.FAIL, 0);
        for (int index = 1; index < rules.size(); index++) {
            if (index <= following.size()) {
                program.land(following.get(index - 1));
            }
            int skip = optional.get(index) ? program.add(Program.SPLIT, program.size() + 1) : -1;
            program.takeByte(',');
            program.add(Program.CALL, rules.get(index));
            if (skip >= 0) {
                program.land(skip);
            }
        }
        if (!rules.isEmpty() && following.size() == rules.size()) {
            program.land(following.get(rules.size() - 1));
        }
        program.land(empty);
        program.takeByte('}');
        program.add(Program.RETURN, 0);
    }

    private Map<String, JsonValue> properties(Schema schema) {
        JsonValue additional = schema.get("additionalProperties");
        if (additional != null && additional.isObject()) {
            throw errors.at(
                    schema.at("additionalProperties"),
                    "additionalProperties with a schema is not supported, since no automaton keeps the names distinct;"
                            + " name the properties, and set additionalProperties to false");
        }
        JsonValue properties = schema.get("properties");
        if (properties == null && (additional == null || additional.bool())) {
            throw errors.at(
                    schema.place(), "the object has no properties; name them, or set additionalProperties to false");
        }
        Map<String, JsonValue> members = properties == null ? Map.of() : properties.members();
        if (members.size() > MOST_PROPERTIES) {
            throw errors.at(
                    schema.at("properties"),
                    "the object has " + members.size() + " properties; at most " + MOST_PROPERTIES + " are supported");
        }
        return new LinkedHashMap<>(members);
    }

    private Set<String> required(Schema schema, Map<String, JsonValue> properties) {
        Set<String> required = new LinkedHashSet<>();
        JsonValue names = schema.get("required");
        for (JsonValue name : names == null ? List.<JsonValue>of() : names.elements()) {
            required.add(name.string());
            if (!properties.containsKey(name.string())) {
                throw errors.at(
                        schema.at("required"),
                        "the required property " + name.string() + " has no schema; add it to properties");
            }
        }
        return required;
    }

    private int property(String name, String place, JsonValue value) {
        int rule = ruleOf(place, value);
        return later(place, () -> {
            program.takeAll(literals.bytes(Json.quoted(name) + ":"));
            program.add(Program.GOTO, rule);
        });
    }

    private void emitArray(Schema schema) {
        int least = least(schema, "minItems");
        Optional<Integer> most = most(schema, "maxItems", "minItems", least);
        program.takeByte('[');
        if (most.isPresent() && most.get() == 0) {
            program.takeByte(']');
            program.add(Program.RETURN, 0);
            return;
        }
        JsonValue items = schema.get("items");
        if (items == null) {
            throw errors.at(schema.place(), "the array has no schema of its items; add items");
        }
        int item = ruleOf(schema.at("items"), items);
        List<Integer> ends = new ArrayList<>();
        if (least == 0) {
            ends.add(program.add(Program.SPLIT, program.size() + 1));
        }
        program.add(Program.CALL, item);
        int last = most.orElse(Math.max(1, least));
        int first = program.size();
        for (int count = 1; count < last; count++) {
            if (count >= least) {
                ends.add(program.add(Program.SPLIT, program.size() + 1));
            } else {
                program.add(Program.JUMP, program.size() + 1);
            }
            program.takeByte(',');
            program.add(Program.CALL, item);
        }
        if (most.isEmpty()) {
            int begin = program.size();
            ends.add(program.add(Program.SPLIT, begin + 1));
            program.takeByte(',');
            program.add(Program.CALL, item);
            program.add(Program.JUMP, begin);
        } else {
            declareAlike(first, Math.max(1, least), last);
        }
        ends.forEach(program::land);
        program.takeByte(']');
        program.add(Program.RETURN, 0);
    }

    /** Far from the limit it makes no difference how far. */
    private void declareAlike(int first, int least, int most) {
        int size = 3;
        int furthest = most - Vocabulary.SHORT - 2;
        for (int count = least; count < furthest; count++) {
            int from = first + (count - 1) * size;
            program.declareAlike(from, from + size, (furthest - count) * size);
        }
    }

    private void emitString(Schema schema) {
        int least = least(schema, "minLength");
        Optional<Integer> most = most(schema, "maxLength", "minLength", least);
        JsonValue pattern = schema.get("pattern");
        List<Object> key = List.of(least, most, pattern == null ? Optional.empty() : pattern.string());
        Integer rule = stringRules.get(key);
        if (rule == null) {
            List<Step> steps = pattern == null ? CharacterSteps.any() : steps(schema, pattern.string());
            rule = later(schema.place(), () -> strings.emitString(steps, least, most, schema.place()));
            stringRules.put(key, rule);
        }
        program.add(Program.GOTO, rule);
    }

    private List<Step> steps(Schema schema, String pattern) {
        try {
            return CharacterSteps.containing(EcmaPattern.parse(pattern));
        } catch (UnsupportedPatternException e) {
            throw errors.at(
                    schema.at("pattern"),
                    "the pattern " + pattern.substring(0, Math.min(MOST_SHOWN, pattern.length())) + " has "
                            + e.feature() + ", which is not supported here");
        }
    }

    private int least(Schema schema, String keyword) {
        JsonValue value = schema.get(keyword);
        long least = value == null ? 0 : value.integer(0, Long.MAX_VALUE);
        if (least > LARGEST) {
            throw errors.at(
                    schema.at(keyword),
                    keyword + " is " + least + ", but may be at most " + LARGEST + "; lower it, or leave it out");
        }
        return (int) least;
    }

    private Optional<Integer> most(Schema schema, String keyword, String lower, int least) {
        JsonValue value = schema.get(keyword);
        if (value == null) {
            return Optional.empty();
        }
        long most = value.integer(0, Long.MAX_VALUE);
        if (most < least) {
            throw errors.at(schema.at(keyword), keyword + " is " + most + ", less than " + lower + ", " + least);
        }
        return Optional.of((int) Math.min(most, LARGEST));
    }

    private void emitNumber(Schema schema, boolean whole) {
        NumberBounds bounds = NumberBounds.of(
                bound(schema, "minimum"),
                bound(schema, "exclusiveMinimum"),
                bound(schema, "maximum"),
                bound(schema, "exclusiveMaximum"));
        String pattern = bounds.pattern(whole);
        if (pattern.isEmpty()) {
            throw errors.at(
                    schema.place(),
                    "no " + (whole ? "whole number" : "number") + " of at most " + NumberPatterns.DIGITS
                            + " digits is within the bounds");
        }
        strings.emitNumber(CharacterSteps.whole(JavaParser.parse(pattern, 0)), schema.place());
    }

    private @Nullable BigDecimal bound(Schema schema, String keyword) {
        JsonValue value = schema.get(keyword);
        return value == null ? null : value.decimal();
    }
}
