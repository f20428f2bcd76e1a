package io.nanogpt.impl.inspect;

import java.util.Arrays;

/** The largest of many numbers, and the lower index first among equals. */
final class Ranking {
    private Ranking() {}

    /** Returns the indices of the largest numbers, in descending order. */
    static int[] largest(float[] numbers, int count) {
        int wanted = Math.min(count, numbers.length);
        long[] keys = new long[wanted];
        int found = 0;
        for (int index = 0; index < numbers.length; index++) {
            long key = key(numbers[index], index);
            if (found == wanted) {
                if (key > keys[wanted - 1]) {
                    continue;
                }
                found--;
            }
            int at = -1 - Arrays.binarySearch(keys, 0, found, key);
            System.arraycopy(keys, at, keys, at + 1, found - at);
            keys[at] = key;
            found++;
        }
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }

    /** A number that is smaller for a larger number, and among equals for a lower index. */
    private static long key(float number, int index) {
        int bits = Float.floatToIntBits(number + 0f);
        int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) ~ordered << Integer.SIZE) | index;
    }
}
