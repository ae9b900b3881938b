package io.stripeline.fs.posix;

import io.stripeline.FileSystemId;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatFs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Stable identities of mounted filesystems: the UUID, from the kernel (Linux 6.9) or from udev's links; else, for a
 * remote or virtual one, a hash of its kind and of what was mounted ({@code server:/export}); else the {@code f_fsid} of
 * statfs(2), which is stable on the kinds that are left or belongs to something that does not outlive a boot.
 */
final class FileSystemIds {
    private static final Path BY_UUID = Path.of("/dev/disk/by-uuid");

    private FileSystemIds() {}

    /** Of the filesystem that holds what {@code fd} is open on. */
    static FileSystemId of(long device, int fd) {
        byte[] uuid = uuid(fd);
        if (uuid.length == 16) {
            return id("uuid:", uuid);
        }
        Optional<Mount> mount = Mount.ofDevice(device);
        if (mount.isPresent()) {
            String source = mount.get().source();
            if (source.startsWith("/dev/")) {
                Optional<byte[]> linked = byUuid(BY_UUID, Path.of(source));
                if (linked.isPresent()) {
                    return id("uuid:", linked.get());
                }
            } else if (source.contains(":") || source.contains("/") || source.contains("@")) {
                return id("source:", hash(mount.get().type() + " " + source));
            }
        }
        StatFs statFs;
        try {
            statFs = StatFs.of(fd);
        } catch (PosixException failed) {
            return ofPlace(mount.orElseThrow(() -> failed));
        }
        return id(
                "fsid:",
                HexFormat.of().toHexDigits(statFs.type()),
                ":",
                HexFormat.of().toHexDigits(statFs.fsid()));
    }

    /** Of a device that is mounted somewhere; empty where it is not. */
    static Optional<FileSystemId> ofMounted(long device) {
        return Mount.ofDevice(device).map(mount -> ofMounted(device, mount));
    }

    /**
     * Of a device that is mounted nowhere, below the filesystem {@code top}: files of a lower layer of an overlayfs, the
     * directory of a btrfs subvolume that nobody entered. The kernel gives such numbers out as they are needed, so that
     * it may be another one after a boot: what has it is then read again.
     */
    static FileSystemId ofUnmounted(FileSystemId top, long device) {
        return id("device:", hash(HexFormat.of().formatHex(top.toBytes()) + " " + device));
    }

    private static FileSystemId ofMounted(long device, Mount mount) {
        try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, mount.point(), Fcntl.O_RDONLY | Fcntl.O_NONBLOCK, 0)) {
            return of(device, fd.number());
        } catch (PosixException closedToUs) {
            return ofPlace(mount);
        }
    }

    /**
     * What is left where a filesystem fails or is closed to this user: of it there is the row of its mount point only,
     * and what could not be listed is reported. No backup before or after takes it for the same.
     */
    private static FileSystemId ofPlace(Mount mount) {
        byte[] point = mount.point();
        return id(
                "mount:",
                hash(mount.type() + " " + mount.source() + " " + HexFormat.of().formatHex(point)));
    }

    private static byte[] uuid(int fd) {
        try {
            byte[] uuid = InodeFlags.filesystemUuid(fd);
            for (byte b : uuid) {
                if (b != 0) {
                    return uuid;
                }
            }
        } catch (PosixException unknown) {
            // the kernel or the filesystem does not tell: the next source is asked
        }
        return new byte[0];
    }

    /** The UUID that udev links to a block device, as its 16 bytes; other forms (FAT's 8 digits) as their text. */
    static Optional<byte[]> byUuid(Path directory, Path device) {
        try (Stream<Path> links = Files.list(directory)) {
            Path real = device.toRealPath();
            for (Path link : links.toList()) {
                if (leadsTo(link, real)) {
                    String text = link.getFileName().toString();
                    String digits = text.replace("-", "").toLowerCase(java.util.Locale.ROOT);
                    return Optional.of(
                            digits.matches("[0-9a-f]{32}")
                                    ? HexFormat.of().parseHex(digits)
                                    : text.getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException noUdev) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** False for a link of a device that is gone. */
    private static boolean leadsTo(Path link, Path real) {
        try {
            return link.toRealPath().equals(real);
        } catch (IOException dangling) {
            return false;
        }
    }

    private static byte[] hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(digest, 16);
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    private static FileSystemId id(String kind, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("posix:" + kind).getBytes(StandardCharsets.US_ASCII));
        out.write(value, 0, Math.min(value.length, 48));
        return FileSystemId.of(out.toByteArray());
    }

    private static FileSystemId id(String... parts) {
        return FileSystemId.of(("posix:" + String.join("", parts)).getBytes(StandardCharsets.US_ASCII));
    }
}
