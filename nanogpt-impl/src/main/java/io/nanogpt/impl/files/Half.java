package io.nanogpt.impl.files;

/** The 16-bit floats of files, IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits. */
public final class Half {
    private static final int FRACTION_BITS = 10;
    private static final int DROPPED_BITS = 23 - FRACTION_BITS;
    private static final int INFINITY = 0x7C00;
    /** The exponent of the smallest normal half is 112 above that of the smallest normal float. */
    private static final int EXPONENT_OFFSET = 112;

    private Half() {}

    /** The bits of the nearest half, ties to even; overflow becomes infinite. */
    public static int bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000) {
            return sign | INFINITY | 1;
        }
        int exponent = (magnitude >>> 23) - EXPONENT_OFFSET;
        if (exponent >= 31) {
            return sign | INFINITY;
        }
        int dropped = DROPPED_BITS;
        int mantissa = magnitude;
        if (exponent < 1) {
            if (exponent < -FRACTION_BITS) {
                return sign;
            }
            // A subnormal half has an explicit leading one, and more bits are dropped.
            mantissa = (magnitude & 0x7FFFFF) | 0x800000;
            dropped += 1 - exponent;
        } else {
            mantissa -= EXPONENT_OFFSET << 23;
        }
        int kept = mantissa >>> dropped;
        int rest = mantissa & ((1 << dropped) - 1);
        int half = 1 << (dropped - 1);
        boolean up = rest > half || (rest == half && (kept & 1) == 1);
        return sign | (kept + (up ? 1 : 0));
    }

    /** The exact value of a half. */
    public static float toFloat(short bits) {
        int exponent = (bits >> FRACTION_BITS) & 0x1F;
        int fraction = bits & 0x3FF;
        float magnitude;
        if (exponent == 0x1F) {
            magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else if (exponent == 0) {
            magnitude = Math.scalb((float) fraction, -24);
        } else {
            magnitude = Math.scalb((float) (0x400 + fraction), exponent - 25);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /** Whether a finite number is a half exactly, with its sign. */
    public static boolean isExact(float value) {
        return Float.isFinite(value)
                && Float.floatToIntBits(toFloat((short) bits(value))) == Float.floatToIntBits(value);
    }
}
