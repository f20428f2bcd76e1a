package io.nanogpt.impl.cpu;

import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;

/**
 * Whether the JVM has an instruction for {@link Math#fma}. Without one the method computes with decimal numbers of any
 * length, a hundred times slower, and training would seem to hang.
 */
public final class FusedMultiplyAdd {
    private static final boolean IN_HARDWARE = !flag("UseFMA").equals("false");

    private FusedMultiplyAdd() {}

    /** As HotSpot says; other JVMs, which do not say, are taken to have it. */
    public static boolean inHardware() {
        return IN_HARDWARE;
    }

    /** The value of a flag of HotSpot; empty if it cannot be read. */
    static String flag(String name) {
        try {
            Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
            Object bean = ManagementFactory.getPlatformMXBean(type.asSubclass(PlatformManagedObject.class));
            Object option = type.getMethod("getVMOption", String.class).invoke(bean, name);
            return String.valueOf(option.getClass().getMethod("getValue").invoke(option));
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Another JVM, one without this flag, or a runtime without the module jdk.management.
            return "";
        }
    }
}
