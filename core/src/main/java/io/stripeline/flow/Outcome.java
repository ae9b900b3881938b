package io.stripeline.flow;

import io.stripeline.posix.PosixException;

/**
 * How one entry ended. The failure of one file is data, never an error of the stream.
 */
public sealed interface Outcome {
    /** Everything was read, and the inode was the same before and after. */
    @SuppressWarnings(
            "ClassInitializationDeadlock") // no method here is inherited by Ok, so Ok does not initialise this
    Outcome OK = new Ok();

    /** Everything was read, and the inode was the same before and after. */
    record Ok() implements Outcome {
        @Override
        public boolean hasContent() {
            return true;
        }
    }

    /**
     * The file changed while it was read: the data sent is a mixture of moments. It counts as sent, is reported as a
     * warning, and is read again next time.
     *
     * @param what for people: for example {@code size 10 -> 20}
     */
    record Changed(String what) implements Outcome {
        @Override
        public boolean hasContent() {
            return true;
        }
    }

    /**
     * The entry could not be read to its end; what was sent of it must not be taken for its content. Whoever makes this
     * outcome adds the {@link Problem}; those who pass it on or receive it do not.
     *
     * @param cause operation, errno and path
     */
    record Failed(PosixException cause) implements Outcome {
        @Override
        public boolean hasContent() {
            return false;
        }
    }

    /**
     * The name vanished between the scan and the read: normal on a filesystem in use, counted, not an error.
     */
    record Vanished() implements Outcome {
        @Override
        public boolean hasContent() {
            return false;
        }
    }

    /** True where the data sent may be kept as the entry's content. */
    boolean hasContent();
}
