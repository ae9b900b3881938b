package io.stripeline.read;

import io.stripeline.flow.Item;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.inode.Timestamp;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One name of an inode that has several. The first one is read ahead like any entry; for the others it is decided when
 * their turn comes, since only then it is known whether the content stands in the stream: a link to it if so, else they
 * are read after all. So is a name whose inode has another {@link Version} than the first one had: its number was free
 * meanwhile and is another inode's now, or its content has changed.
 */
final class LinkTurn implements Turn {
    private final Entry entry;
    private final Names names;
    private final EntryTurn read;
    private final Consumer<Item.Link> linked;
    private @Nullable Runnable start;
    private boolean decided;
    private boolean link;
    private boolean asScanned;

    /**
     * @param read its items if it is read
     * @param start starts that read; null where it is under way
     * @param linked told of a link before it is emitted
     */
    LinkTurn(Entry entry, Names names, EntryTurn read, @Nullable Runnable start, Consumer<Item.Link> linked) {
        this.entry = entry;
        this.names = names;
        this.read = read;
        this.start = start;
        this.linked = linked;
    }

    @Override
    public @Nullable Item next() {
        if (!decided) {
            decided = true;
            Item.Link answer = decide();
            if (answer != null) {
                return answer;
            }
        }
        Item item = link ? null : read.next();
        if (item instanceof Item.Begin begin) {
            asScanned = isSame(begin.entry().inode());
        } else if (item instanceof Item.End end) {
            // what was opened may be another inode than the scanned one; other names must not link to that
            boolean isFirst = end.outcome().hasContent() && asScanned;
            names.emitted(isFirst ? new Names.First(entry.path(), Version.of(entry.inode())) : null);
        }
        return item;
    }

    private boolean isSame(Inode opened) {
        Timestamp born = entry.inode().btime();
        boolean told = !born.equals(Timestamp.EPOCH) && !opened.btime().equals(Timestamp.EPOCH);
        return opened.id().equals(entry.inode().id())
                && (!told || opened.btime().equals(born));
    }

    private Item.@Nullable Link decide() {
        if (start == null) {
            return null;
        }
        Names.First first = names.first();
        if (first == null || !first.version().equals(Version.of(entry.inode()))) {
            start.run();
            return null;
        }
        link = true;
        read.close();
        Item.Link answer = new Item.Link(entry, first.path());
        names.emitted(null);
        linked.accept(answer);
        return answer;
    }

    @Override
    public int reads() {
        return 1;
    }

    @Override
    public void close() {
        read.close();
    }
}
