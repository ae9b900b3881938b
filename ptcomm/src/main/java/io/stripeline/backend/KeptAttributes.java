package io.stripeline.backend;

import io.stripeline.flow.Item;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Xattr;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Leaves out attributes that the plugin command, or the console at a restore, does not want: {@code xattrs=no}, {@code acl=no}, {@code layout=no}. */
record KeptAttributes(boolean xattrs, boolean acls, boolean layouts) implements UnaryOperator<Item> {
    private static final Set<String> ACLS =
            Set.of("system.posix_acl_access", "system.posix_acl_default", "system.nfs4_acl", "system.richacl");

    boolean isAll() {
        return xattrs && acls && layouts;
    }

    @Override
    public Item apply(Item item) {
        if (item instanceof Item.Begin begin) {
            return new Item.Begin(kept(begin.entry()), begin.hold());
        }
        if (item instanceof Item.Amend amend) {
            return new Item.Amend(kept(amend.attributes()), amend.hold());
        }
        return item instanceof Item.Link link ? new Item.Link(kept(link.entry()), link.first()) : item;
    }

    private Entry kept(Entry entry) {
        return entry.with(kept(entry.attributes()));
    }

    private Attributes kept(Attributes all) {
        return new Attributes(
                all.linkTarget(),
                all.xattrs().stream().filter(this::isKept).toList(),
                all.flags(),
                all.projectId(),
                layouts ? all.layout() : null);
    }

    private boolean isKept(Xattr xattr) {
        return ACLS.contains(new String(xattr.name(), StandardCharsets.ISO_8859_1)) ? acls : xattrs;
    }
}
