package io.nanogpt.impl.cpu;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** The available memory of Java's heap. */
final class HeapMemory {
    private HeapMemory() {}

    /**
     * The maximum size of the heap less what was alive after the last garbage collection. Garbage counts as free, since
     * the JVM collects it before an allocation fails; allocations since the last collection count as garbage, so this
     * is an upper bound.
     */
    static long availableBytes() {
        long alive = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                long used = pool.getUsage().getUsed();
                MemoryUsage collected = pool.getCollectionUsage();
                alive += collected == null ? used : Math.min(used, collected.getUsed());
            }
        }
        return Runtime.getRuntime().maxMemory() - alive;
    }
}
