package io.nanogpt.onednn;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.nanogpt.NanogptException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;

/** The files of oneDNN, unpacked from the jar that has them and loaded. */
final class LibraryFiles {
    private static final String FOLDER = "/org/bytedeco/dnnl/linux-x86_64/";
    private static final String OPENMP = FOLDER + "libgomp.so.1";
    private static final String ONEDNN = FOLDER + "libdnnl.so.3";

    private LibraryFiles() {}

    /**
     * Loads the functions of {@link OneDnn}.
     *
     * @throws NanogptException if there are no files for this machine, or they cannot be loaded
     */
    static void load() {
        String system = System.getProperty("os.name");
        String processor = System.getProperty("os.arch");
        if (!system.toLowerCase(Locale.ROOT).equals("linux") || !processor.equals("amd64")) {
            throw new NanogptException("nanogpt-native has code for Linux on x86-64 alone, and this is " + system
                    + " on " + processor + "; train in f32");
        }
        if (LibraryFiles.class.getResource(ONEDNN) == null) {
            throw new NanogptException("oneDNN is not on the class path; add org.bytedeco:dnnl with the classifier"
                    + " linux-x86_64, or train in f32");
        }
        try {
            // Its soname is then that of a loaded library, where the next one looks for it.
            open(OPENMP);
            Native.register(OneDnn.class, open(ONEDNN));
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new NanogptException("oneDNN cannot be loaded: " + reason(e), e);
        }
    }

    /** Unpacks and loads a library. Its file is deleted at once, as Linux allows, so that a killed process leaves none. */
    private static NativeLibrary open(String resource) throws IOException {
        File file = Native.extractFromResourcePath(resource, LibraryFiles.class.getClassLoader());
        try {
            return NativeLibrary.getInstance(file.getPath());
        } finally {
            Files.deleteIfExists(file.toPath());
        }
    }

    /** The first cause, and what to do about it. */
    private static String reason(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        if (first instanceof IllegalCallerException) {
            return first.getMessage() + "; start java with --enable-native-access=ALL-UNNAMED";
        }
        if (first instanceof NoClassDefFoundError || first instanceof ClassNotFoundException) {
            return "the class " + first.getMessage() + " is missing; add net.java.dev.jna:jna to the class path";
        }
        return first.getMessage()
                + "; it is unpacked into a temporary folder, which must be writable, allow programs and"
                + " have 100 MB: name another with -Djna.tmpdir";
    }
}
