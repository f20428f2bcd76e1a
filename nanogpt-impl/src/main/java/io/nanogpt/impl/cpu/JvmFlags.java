package io.nanogpt.impl.cpu;

import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;

/** The flags of HotSpot. */
public final class JvmFlags {
    private JvmFlags() {}

    /** The value of a flag; empty if it cannot be read: on another JVM, or in a runtime without {@code jdk.management}. */
    public static String value(String name) {
        try {
            Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
            Object bean = ManagementFactory.getPlatformMXBean(type.asSubclass(PlatformManagedObject.class));
            Object option = type.getMethod("getVMOption", String.class).invoke(bean, name);
            return String.valueOf(option.getClass().getMethod("getValue").invoke(option));
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Or there is no such flag.
            return "";
        }
    }
}
