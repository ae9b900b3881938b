package io.stripeline.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why something with a file failed, in words: the JDK names the file, and often tells the reason by its type only. */
public final class IoReason {
    private IoReason() {}

    /** One line: the file where it is known, and the reason. */
    public static String of(IOException failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        boolean bare = failure instanceof FileSystemException system && system.getReason() == null;
        return bare ? message + ": " + kind(failure) : message;
    }

    /** The same, of what was wrapped so that it could be thrown. */
    public static String of(UncheckedIOException failure) {
        IOException cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : of(cause);
    }

    private static String kind(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        return failure.getClass().getSimpleName();
    }
}
