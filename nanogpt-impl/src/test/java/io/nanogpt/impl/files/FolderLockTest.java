package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    private Path folder;

    @Test
    void whoMayWriteToTheFolderMayLockIt() throws IOException {
        assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
        for (String permissions : new String[] {"rwxr-xr-x", "rwxrwxr-x", "rwxrwxrwx"}) {
            Path shared = Files.createDirectory(folder.resolve(permissions));
            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString(permissions));
            FolderLock.tryTake(shared).orElseThrow().close();
            String lock = PosixFilePermissions.toString(Files.getPosixFilePermissions(shared.resolve(".lock")));
            assertThat(lock.charAt(4)).as(permissions).isEqualTo(permissions.charAt(4));
            assertThat(lock.charAt(7)).as(permissions).isEqualTo(permissions.charAt(7));
        }
    }

    /** Not even those who may write to the folder may write to files of others: only root is never refused. */
    @Test
    void aLockFileOfAnotherUserIsExplained() throws IOException {
        Path lock = folder.resolve(".lock");

        assertThat(FolderLock.notOurs(lock, new AccessDeniedException(lock.toString())))
                .hasMessageContainingAll(lock.toString(), "which another user made", "chmod a+w", "delete it")
                .hasCauseInstanceOf(AccessDeniedException.class);

        FolderLock.tryTake(folder).orElseThrow().close();
        Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("r--r--r--"));
        assumeThat(Files.isWritable(lock)).isFalse();
        assertThat(catchThrowable(() -> FolderLock.tryTake(folder)))
                .hasMessageContainingAll(lock.toString(), "which another user made");
    }
}
