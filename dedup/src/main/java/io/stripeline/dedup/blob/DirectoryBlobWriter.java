package io.stripeline.dedup.blob;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;

/** Writes a temporary file; commit makes its data durable, gives it its name, and makes the name durable. */
final class DirectoryBlobWriter implements BlobWriter {
    private final FileOperations files;
    private final FileOperations.OpenFile file;
    private final String temporary;
    private final String name;
    private final String folder;
    private boolean open = true;
    private boolean named;

    DirectoryBlobWriter(
            FileOperations files, FileOperations.OpenFile file, String temporary, String name, String folder) {
        this.files = files;
        this.file = file;
        this.temporary = temporary;
        this.name = name;
        this.folder = folder;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        file.append(bytes, from, length);
    }

    @Override
    public void commit() {
        if (!commitUnlessTaken()) {
            throw new PosixException("link", Errno.EEXIST, files.location() + "/" + name);
        }
    }

    boolean commitUnlessTaken() {
        finishData();
        named = files.renameNew(temporary, name);
        if (named) {
            files.syncDirectory(folder);
        }
        return named;
    }

    void commitReplacing() {
        finishData();
        files.rename(temporary, name);
        named = true;
        files.syncDirectory(folder);
    }

    private void finishData() {
        file.sync();
        open = false;
        file.close();
    }

    @Override
    public void close() {
        try {
            if (open) {
                open = false;
                file.close();
            }
        } finally {
            if (!named) {
                files.unlink(temporary);
            }
        }
    }
}
