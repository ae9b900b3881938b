package io.stripeline.ptcomm.peer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The director's list of an accurate job, held in memory: what the jobs before it have saved, and after it what was
 * deleted since. GONE outranks KEEP; both cover the name and all below it.
 */
public final class AccurateList implements FileDaemon {
    private final Map<ByteBuffer, Known> names = new HashMap<>();
    private final Set<ByteBuffer> seen = new HashSet<>();
    private final Map<ByteBuffer, Boolean> prefixes = new HashMap<>();

    /** Of recorded jobs, oldest first. */
    public static AccurateList of(List<RecordedJob> jobs) {
        AccurateList list = new AccurateList();
        for (RecordedJob job : jobs) {
            job.gone().forEach(name -> list.names.remove(ByteBuffer.wrap(name)));
            job.files()
                    .forEach(file -> list.names.put(
                            ByteBuffer.wrap(file.head().name()),
                            new Known(file.head().stat(), file.head().times())));
        }
        return list;
    }

    @Override
    public @Nullable Known known(byte[] name) {
        return names.get(ByteBuffer.wrap(name));
    }

    @Override
    public void seen(byte[] name) {
        seen.add(ByteBuffer.wrap(name.clone()));
    }

    @Override
    public void keep(byte[] prefix) {
        prefixes.putIfAbsent(ByteBuffer.wrap(RawBytes.withoutSlashes(prefix)), true);
    }

    @Override
    public void gone(byte[] name) {
        prefixes.put(ByteBuffer.wrap(RawBytes.withoutSlashes(name)), false);
    }

    /** What the catalog would mark as deleted at the end of a complete job: neither sent nor seen nor kept. */
    public List<byte[]> deleted() {
        List<byte[]> out = new ArrayList<>();
        for (ByteBuffer name : names.keySet()) {
            byte[] bytes = new byte[name.remaining()];
            name.duplicate().get(bytes);
            if (!seen.contains(name) && !isKept(bytes)) {
                out.add(bytes);
            }
        }
        out.sort(Arrays::compareUnsigned);
        return out;
    }

    private boolean isKept(byte[] name) {
        boolean kept = false;
        for (int n = 0; n <= name.length; n++) {
            if (n < name.length && name[n] != '/') {
                continue;
            }
            Boolean said = prefixes.get(ByteBuffer.wrap(name, 0, n));
            if (said != null && !said) {
                return false;
            }
            kept |= said != null;
        }
        return kept;
    }
}
