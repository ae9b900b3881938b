package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.flow.Base;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The parents of a backup: the last complete set first, then what crashed runs left. A row is unchanged if one of them
 * knows it by the rule of {@link Base}. Damaged parents know less, never more.
 */
final class ParentBase implements Base {
    private final List<ParentTree> parents = new ArrayList<>();
    private final KnownDamage damage;

    /** @param trees in the order in which they are asked */
    ParentBase(List<ParentTree> trees, KnownDamage damage) {
        this.damage = damage;
        parents.addAll(trees);
    }

    @Override
    public @Nullable Known unchanged(InodeBatch batch, int row) {
        for (int i = 0; i < parents.size(); i++) {
            ParentTree parent = parents.get(i);
            try {
                ParentRow known = parent.unchanged(batch, row);
                if (known != null && !damage.touches(known)) {
                    return known;
                }
            } catch (FormatException damaged) {
                parent.giveUp(damaged);
                parents.remove(i--);
            }
        }
        return null;
    }

    @Override
    public void close() {
        parents.clear();
    }

    static boolean isDirectory(InodeBatch batch, int row) {
        return (batch.mode(row) & FileType.MASK) == FileType.DIRECTORY.bits();
    }

    /** Ids of devices, remembered: a batch names the same few again and again. */
    static final class Devices {
        private final LongFunction<FileSystemId> byDevice;
        private long lastDevice;
        private @Nullable FileSystemId last;

        Devices(LongFunction<FileSystemId> byDevice) {
            this.byDevice = byDevice;
        }

        FileSystemId id(long device) {
            FileSystemId known = last;
            if (known == null || device != lastDevice) {
                known = byDevice.apply(device);
                last = known;
                lastDevice = device;
            }
            return known;
        }
    }
}
