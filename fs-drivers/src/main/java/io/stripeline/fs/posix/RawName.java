package io.stripeline.fs.posix;

import java.nio.charset.Charset;
import java.nio.file.Path;

/** The bytes of a path that the JDK holds, as it gave them to the system: in the encoding of file names. */
final class RawName {
    private static final Charset FILE_NAMES = Charset.forName(
            System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));

    private RawName() {}

    static byte[] of(Path path) {
        return path.toString().getBytes(FILE_NAMES);
    }
}
