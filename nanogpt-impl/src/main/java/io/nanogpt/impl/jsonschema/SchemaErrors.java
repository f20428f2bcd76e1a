package io.nanogpt.impl.jsonschema;

import io.nanogpt.NanogptException;

/** Exceptions that name a schema and a place in it. */
final class SchemaErrors {
    private final String source;

    /**
     * Creates the exceptions of a schema.
     *
     * @param source where the schema comes from
     */
    SchemaErrors(String source) {
        this.source = source;
    }

    /**
     * An exception at a place.
     *
     * @param place a JSON pointer as a URI fragment, such as {@code #/properties/a}
     */
    NanogptException at(String place, String what) {
        return new NanogptException(source + ", " + place + ": " + what);
    }

    /** The pointer of a member or element. */
    static String child(String place, String name) {
        return place + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
