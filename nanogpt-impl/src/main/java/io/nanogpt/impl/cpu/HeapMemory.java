package io.nanogpt.impl.cpu;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** How much of Java's heap may still be taken. */
final class HeapMemory {
    private HeapMemory() {}

    /**
     * The largest heap without what was alive at the last garbage collection. Garbage counts as free, since the JVM collects
     * it before an allocation fails; what was allocated since the last collection counts as garbage, so this is the most
     * that there can be.
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
