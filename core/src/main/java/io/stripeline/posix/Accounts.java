package io.stripeline.posix;

import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;
import org.jspecify.annotations.Nullable;

/**
 * Names of users and groups. Asks the name service of the host, which may ask a directory server: keep what it says.
 * Loaded at the first use, since most jobs need numbers only.
 */
public final class Accounts {
    private static final class Holder {
        static final @Nullable POSIX POSIX = load();

        private static @Nullable POSIX load() {
            try {
                return POSIXFactory.getNativePOSIX();
            } catch (LinkageError | RuntimeException noNames) {
                return null; // numbers are shown instead, as ls does where the name service is silent
            }
        }
    }

    private Accounts() {}

    /** The user's name, or the number where nobody has it. getpwuid(3) keeps one static result: one caller at a time. */
    public static synchronized String userName(int uid) {
        Passwd user = Holder.POSIX == null ? null : Holder.POSIX.getpwuid(uid);
        return user == null ? Integer.toUnsignedString(uid) : user.getLoginName();
    }

    public static synchronized String groupName(int gid) {
        Group group = Holder.POSIX == null ? null : Holder.POSIX.getgrgid(gid);
        return group == null ? Integer.toUnsignedString(gid) : group.getName();
    }
}
