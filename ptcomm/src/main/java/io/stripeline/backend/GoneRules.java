package io.stripeline.backend;

import io.stripeline.flow.Item;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.scan.Gate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;

/**
 * Which names that are gone are worth a deletion in the catalog: those that the FileSet would have taken. A tree where
 * excluded files come and go would else fill the catalog with deletions of what it never had. Of one stream.
 */
final class GoneRules {
    /** Directories whose verdict is remembered: names of one come together. */
    private static final int REMEMBERED = 16_384;

    /** The rules tell kinds apart, and nothing else: what is gone has no permissions any more. */
    private static final int PERMISSIONS = 0644;

    private final Gate rules;
    private final Map<RawPath, Boolean> entered = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RawPath, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    GoneRules(Gate rules) {
        this.rules = rules;
    }

    /** The items that are taken, in order. */
    Flux<Item> taken(Flux<Item> gone) {
        return gone.buffer(InodeBatch.CAPACITY).concatMapIterable(this::taken, 1);
    }

    private List<Item> taken(List<Item> items) {
        List<Item.Gone> reached = new ArrayList<>();
        for (Item item : items) {
            if (item instanceof Item.Gone gone
                    && (gone.path().isRoot() || isEntered(gone.path().parent()))) {
                reached.add(gone);
            }
        }
        BitSet verdicts = ask(reached);
        List<Item> out = new ArrayList<>();
        for (int i = verdicts.nextSetBit(0); i >= 0; i = verdicts.nextSetBit(i + 1)) {
            out.add(reached.get(i));
        }
        return out;
    }

    private boolean isEntered(RawPath directory) {
        Boolean known = entered.get(directory);
        if (known == null) {
            known = (directory.isRoot() || isEntered(directory.parent()))
                    && ask(List.of(new Item.Gone(directory, true))).get(0);
            entered.put(directory, known);
        }
        return known;
    }

    private BitSet ask(List<Item.Gone> names) {
        InodeBatch rows = new InodeBatch();
        for (Item.Gone name : names) {
            rows.add(Dir.of(name.path().parent()), name.path().name(), inode(name.directory()));
        }
        BitSet taken = new BitSet();
        taken.set(0, rows.size());
        if (rows.size() > 0) {
            rules.ask(rows, taken, (BitSet) taken.clone());
        }
        return taken;
    }

    private static Inode inode(boolean directory) {
        FileType type = directory ? FileType.DIRECTORY : FileType.REGULAR;
        Timestamp none = Timestamp.EPOCH;
        return new Inode(new InodeId(0, 0, 0), type.bits() | PERMISSIONS, 1, 0, 0, 0, 0, 0, none, none, none, none);
    }
}
