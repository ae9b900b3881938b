package io.stripeline.dedup.blob;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.FormatException;

/** Tells what is wrong with one object of a store from what this process or machine lacks. */
public final class ReadFailure {
    private ReadFailure() {}

    /**
     * An object that cannot be read is as good as damaged to whoever needs it now: another one may hold the same.
     *
     * @param name of the object
     * @return the failure as damage, with {@code failure} as its cause, since it may pass
     * @throws PosixException {@code failure} itself where descriptors or memory are exhausted, which says nothing of the
     *     object and would meet every other one too
     */
    public static FormatException asDamage(String name, PosixException failure) {
        switch (failure.errno()) {
            case Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EINTR -> throw failure;
            default -> {
                return new FormatException(
                        name + " cannot be read: " + failure.getMessage() + ". " + Errno.advice(failure.errno()),
                        failure);
            }
        }
    }

    /** Whether damage is only that an object could not be read: later it may be. */
    public static boolean mayPass(FormatException damage) {
        return damage.getCause() instanceof PosixException;
    }
}
