package io.nanogpt.langchain4j;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import io.nanogpt.generate.JsonSchema;
import java.util.List;
import java.util.Map;

/** Schemas of LangChain4j as JSON schemas. */
final class JsonSchemas {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonSchemas() {}

    static JsonSchema of(JsonSchemaElement root) {
        return JsonSchema.of(
                root instanceof JsonRawSchema raw ? raw.schema() : node(root).toString());
    }

    private static ObjectNode node(JsonSchemaElement element) {
        if (element instanceof JsonObjectSchema object) {
            return object(object);
        }
        if (element instanceof JsonArraySchema array) {
            ObjectNode node = typed("array");
            if (array.items() != null) {
                node.set("items", node(array.items()));
            }
            return node;
        }
        if (element instanceof JsonEnumSchema values) {
            ObjectNode node = typed("string");
            node.set("enum", texts(values.enumValues()));
            return node;
        }
        if (element instanceof JsonAnyOfSchema any) {
            ArrayNode choices = NODES.arrayNode();
            any.anyOf().forEach(choice -> choices.add(node(choice)));
            return NODES.objectNode().set("anyOf", choices);
        }
        if (element instanceof JsonReferenceSchema reference) {
            return NODES.objectNode().put("$ref", "#/$defs/" + reference.reference());
        }
        return typed(simple(element));
    }

    private static String simple(JsonSchemaElement element) {
        if (element instanceof JsonStringSchema) {
            return "string";
        }
        if (element instanceof JsonIntegerSchema) {
            return "integer";
        }
        if (element instanceof JsonNumberSchema) {
            return "number";
        }
        if (element instanceof JsonBooleanSchema) {
            return "boolean";
        }
        if (element instanceof JsonNullSchema) {
            return "null";
        }
        throw new UnsupportedFeatureException(
                "a schema of type " + element.getClass().getSimpleName()
                        + " cannot be followed by this model here; give a JsonRawSchema as the whole schema");
    }

    private static ObjectNode object(JsonObjectSchema object) {
        ObjectNode node = typed("object");
        node.set("properties", nodes(object.properties()));
        if (object.required() != null) {
            node.set("required", texts(object.required()));
        }
        node.put("additionalProperties", Boolean.TRUE.equals(object.additionalProperties()));
        if (object.definitions() != null && !object.definitions().isEmpty()) {
            node.set("$defs", nodes(object.definitions()));
        }
        return node;
    }

    private static ObjectNode nodes(Map<String, JsonSchemaElement> elements) {
        ObjectNode node = NODES.objectNode();
        elements.forEach((name, element) -> node.set(name, node(element)));
        return node;
    }

    private static ArrayNode texts(List<String> values) {
        ArrayNode array = NODES.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static ObjectNode typed(String type) {
        return NODES.objectNode().put("type", type);
    }
}
