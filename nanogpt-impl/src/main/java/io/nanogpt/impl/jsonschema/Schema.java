package io.nanogpt.impl.jsonschema;

import io.nanogpt.impl.files.JsonValue;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema within a document, whose keywords are all known.
 *
 * @param place its JSON pointer as a URI fragment
 * @param value an object
 */
record Schema(String place, JsonValue value) {
    private static final Set<String> OBJECT = Set.of("properties", "required", "additionalProperties");
    private static final Set<String> ARRAY = Set.of("items", "minItems", "maxItems");
    private static final Set<String> STRING = Set.of("pattern", "minLength", "maxLength");
    private static final Set<String> NUMBER = Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");
    private static final Set<String> GENERAL = Set.of("type", "enum", "const", "anyOf", "allOf", "$ref");
    private static final Set<String> IGNORED = Set.of(
            "$schema",
            "$comment",
            "$defs",
            "definitions",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly");
    private static final List<Map.Entry<String, Set<String>>> IMPLIED = List.of(
            Map.entry("object", OBJECT),
            Map.entry("array", ARRAY),
            Map.entry("string", STRING),
            Map.entry("number", NUMBER));
    private static final String TYPES = "object, array, string, number, integer, boolean and null";
    private static final Set<String> KNOWN_TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");

    /** Checks the keywords of a schema. */
    static Schema of(String place, JsonValue value, SchemaErrors errors) {
        if (!value.isObject()) {
            throw errors.at(
                    place,
                    value.json().equals("true")
                            ? "the schema true allows any value; give a type"
                            : value.json().equals("false")
                                    ? "the schema false allows no value; leave it out"
                                    : "expected a schema, which is an object");
        }
        Schema schema = new Schema(place, value);
        for (String name : value.members().keySet()) {
            boolean known = IGNORED.contains(name)
                    || GENERAL.contains(name)
                    || IMPLIED.stream().anyMatch(implied -> implied.getValue().contains(name))
                    || (name.equals("$id") && place.equals("#"))
                    || (name.equals("uniqueItems")
                            && value.members().get(name).json().equals("false"));
            if (!known) {
                throw errors.at(
                        schema.at(name), "the keyword " + name + " is not supported; supported are " + supported());
            }
        }
        return schema;
    }

    private static String supported() {
        List<String> names = new ArrayList<>(GENERAL);
        IMPLIED.forEach(implied -> names.addAll(implied.getValue()));
        return String.join(", ", names.stream().sorted().toList());
    }

    /** The place of a keyword. */
    String at(String keyword) {
        return SchemaErrors.child(place, keyword);
    }

    /** The value of a keyword. */
    @Nullable
    JsonValue get(String keyword) {
        return value.members().get(keyword);
    }

    boolean has(String keyword) {
        return value.members().containsKey(keyword);
    }

    /** Refuses other keywords, but for those that have no effect, beside one. */
    void requireAlone(String keyword, Set<String> allowed, SchemaErrors errors) {
        for (String name : value.members().keySet()) {
            if (!name.equals(keyword) && !IGNORED.contains(name) && !allowed.contains(name) && !name.equals("$id")) {
                throw errors.at(
                        at(name),
                        "the keyword " + name + " beside " + keyword + " is not supported; write it into "
                                + (keyword.equals("anyOf") ? "each alternative" : "the other schema, or leave it out"));
            }
        }
    }

    /** The types of its values: those that it names, or those of its keywords. */
    Set<String> types(SchemaErrors errors) {
        JsonValue type = get("type");
        Set<String> types = new LinkedHashSet<>();
        if (type == null) {
            for (Map.Entry<String, Set<String>> implied : IMPLIED) {
                if (implied.getValue().stream().anyMatch(this::has)) {
                    types.add(implied.getKey());
                }
            }
        } else {
            (type.isArray() ? type.elements() : List.of(type)).forEach(name -> types.add(name.string()));
        }
        if (types.isEmpty()) {
            throw errors.at(place, "the schema allows any value; give a type, an enum, a const, anyOf or $ref");
        }
        for (String name : types) {
            if (!KNOWN_TYPES.contains(name)) {
                throw errors.at(at("type"), "the type " + name + " is unknown; the types are " + TYPES);
            }
        }
        return types;
    }

    /** The schema to which the reference of this one leads. */
    Schema target(JsonValue root, SchemaErrors errors) {
        String reference = value.member("$ref").string();
        if (!reference.equals("#") && !reference.startsWith("#/")) {
            throw errors.at(
                    at("$ref"),
                    "the reference " + reference + " leads out of the schema; write it as #/$defs/NAME, and NAME into"
                            + " $defs");
        }
        JsonValue found = root;
        String target = "#";
        for (String part : reference.substring(1).split("/", -1)) {
            if (part.isEmpty() && target.equals("#")) {
                continue;
            }
            String name = decoded(part).replace("~1", "/").replace("~0", "~");
            target = SchemaErrors.child(target, name);
            JsonValue next = found == null ? null : child(found, name);
            if (next == null) {
                throw errors.at(at("$ref"), "the reference " + reference + " leads to nothing: there is no " + target);
            }
            found = next;
        }
        return of(target, found, errors);
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part; // A per cent sign as it is.
        }
    }

    private static @Nullable JsonValue child(JsonValue value, String name) {
        if (value.isObject()) {
            return value.members().get(name);
        }
        if (!value.isArray() || !name.matches("\\d{1,9}")) {
            return null;
        }
        int index = Integer.parseInt(name);
        return index < value.elements().size() ? value.elements().get(index) : null;
    }
}
