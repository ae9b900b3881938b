package io.stripeline.posix;

/** Magic numbers (linux/magic.h) of filesystems whose content the kernel makes up. */
final class PseudoFileSystems {
    private static final long[] MAGICS = {
        0x9fa0, // proc
        0x62656572, // sysfs
        0x64626720, // debugfs
        0x74726163, // tracefs
        0x27e0eb, // cgroup
        0x63677270, // cgroup2
        0x73636673, // securityfs
        0xf97cff8c, // selinuxfs
        0x43415d53, // smackfs
        0x1cd1, // devpts
        0x19800202, // mqueue
        0x62656570, // configfs
        0x65735543, // fusectl
        0xcafe4a11, // bpf
        0x42494e4d, // binfmt_misc
        0x6165676c, // pstore
        0xde5e81e4, // efivarfs
        0x67596969, // rpc_pipefs
        0x6e667364, // nfsd
        0x0187, // autofs: what it mounts has a device of its own
        0x6e736673, // nsfs
        0x50495045, // pipefs
        0x534f434b, // sockfs
        0x09041934 // anon_inodefs
    };

    private PseudoFileSystems() {}

    static boolean isOne(long type) {
        for (long magic : MAGICS) {
            if (magic == type) {
                return true;
            }
        }
        return false;
    }
}
