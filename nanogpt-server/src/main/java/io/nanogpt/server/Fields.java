package io.nanogpt.server;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of a JSON object; those that are null count as absent. */
final class Fields {
    private final String path;
    private final Map<String, @Nullable Object> members;

    /**
     * Reads an object.
     *
     * @param path of the object within the request, for messages; empty for the request itself
     */
    Fields(String path, Map<String, @Nullable Object> members) {
        this.path = path;
        this.members = members;
    }

    /** The name of a member, from the request on. */
    String name(String member) {
        return path.isEmpty() ? member : path + "." + member;
    }

    Optional<Object> get(String member) {
        return Optional.ofNullable(members.get(member));
    }

    /**
     * Refuses members that are not known.
     *
     * @param known those that are read
     * @param harmless those that have no effect on the result
     */
    void requireKnown(Set<String> known, Set<String> harmless) {
        members.forEach((member, value) -> {
            if (value != null && !known.contains(member) && !harmless.contains(member)) {
                throw ApiError.unsupported(
                        name(member),
                        "this server does not know " + name(member) + ", which could change the result; leave it out");
            }
        });
    }

    /** Refuses a member that has another value than the one that changes nothing. */
    void requireDefault(String member, Object... defaults) {
        Object value = members.get(member);
        if (value != null && !List.of(defaults).contains(value)) {
            throw ApiError.unsupported(name(member), "this server does not support " + name(member) + "; leave it out");
        }
    }

    Optional<String> text(String member) {
        return get(member).map(value -> {
            if (value instanceof String text) {
                return text;
            }
            throw wrong(member, "a string");
        });
    }

    String requireText(String member) {
        return text(member).orElseThrow(() -> missing(member));
    }

    ApiError missing(String member) {
        return new ApiError(
                400, "invalid_request_error", name(member) + " is missing", name(member), "missing_required_parameter");
    }

    boolean flag(String member) {
        Object value = members.get(member);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(member, "true or false");
    }

    Optional<Integer> integer(String member, int least, int most) {
        return get(member).map(value -> {
            if (value instanceof BigInteger number
                    && number.compareTo(BigInteger.valueOf(least)) >= 0
                    && number.compareTo(BigInteger.valueOf(most)) <= 0) {
                return number.intValueExact();
            }
            throw wrong(member, "a whole number from " + least + " to " + most);
        });
    }

    Optional<Long> wholeNumber(String member) {
        return get(member).map(value -> {
            if (value instanceof BigInteger number && number.bitLength() < Long.SIZE) {
                return number.longValueExact();
            }
            throw wrong(member, "a whole number of 64 bits");
        });
    }

    Optional<Double> number(String member, double least, double most) {
        return get(member).map(value -> {
            double number = toDouble(value);
            if (number >= least && number <= most) {
                return number;
            }
            throw wrong(member, "a number from " + format(least) + " to " + format(most));
        });
    }

    /** A number of any size that 64-bit floating point has. */
    Optional<Double> number(String member) {
        return get(member).map(value -> {
            double number = toDouble(value);
            if (Double.isNaN(number)) {
                throw wrong(member, "a number");
            }
            if (Double.isInfinite(number)) {
                throw wrong(
                        member,
                        "between -1.8e308 and 1.8e308, as numbers of 64-bit floating point are, but is " + value);
            }
            return number;
        });
    }

    private static double toDouble(Object value) {
        if (value instanceof BigInteger number) {
            return number.doubleValue();
        }
        return value instanceof BigDecimal number ? number.doubleValue() : Double.NaN;
    }

    private static String format(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    Optional<Fields> object(String member) {
        return get(member).map(value -> new Fields(name(member), members(member, value)));
    }

    /** The numbers of an object, by their names. */
    Map<String, Double> numbers(String member, double least, double most) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        object(member)
                .ifPresent(object -> object.members
                        .keySet()
                        .forEach(name ->
                                object.number(name, least, most).ifPresent(number -> numbers.put(name, number))));
        return numbers;
    }

    /** The texts of an array, or one that is a text. */
    List<String> texts(String member) {
        Object value = members.get(member);
        if (value == null) {
            return List.of();
        }
        if (value instanceof String text) {
            return List.of(text);
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (!(element instanceof String text)) {
                    throw wrong(member, "a string or an array of strings");
                }
                texts.add(text);
            }
            return texts;
        }
        throw wrong(member, "a string or an array of strings");
    }

    /** The members of an object that is the value of a member. */
    Map<String, @Nullable Object> members(String member, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(member, "an object");
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((name, each) -> copy.put((String) name, each));
        return copy;
    }

    ApiError wrong(String member, String expected) {
        return ApiError.invalid(name(member), name(member) + " must be " + expected);
    }
}
