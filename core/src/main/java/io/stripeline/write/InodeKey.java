package io.stripeline.write;

import io.stripeline.posix.StatxBuffer;

/** Which inode of this host: what a restore made, to recognise it again. */
record InodeKey(long device, long number) {
    static InodeKey of(StatxBuffer stat) {
        return new InodeKey(stat.dev(), stat.ino());
    }
}
