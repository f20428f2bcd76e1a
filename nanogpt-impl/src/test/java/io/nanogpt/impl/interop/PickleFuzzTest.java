package io.nanogpt.impl.interop;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes the pickle alone, since most mutations of an archive around it break only the archive. */
class PickleFuzzTest {
    /** A small file in the legacy format is little more than its pickles. */
    static Stream<byte[]> seeds() {
        return Untrusted.seeds("weights/legacy.pth");
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("data.pkl", content, path -> {
            ByteBuffer in = ByteBuffer.wrap(content);
            TorchNames names = new TorchNames("data.pkl");
            for (int pickle = 0; pickle < 5; pickle++) {
                Pickle.read("data.pkl", in, names);
            }
        });
    }
}
