package io.stripeline.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Files of fake volumes that are open now, each with the stack of its open. One list for the JVM. */
final class OpenFiles {
    private static final Map<Object, Throwable> OPEN = Collections.synchronizedMap(new IdentityHashMap<>());

    private OpenFiles() {}

    static void opened(Object file, String path) {
        OPEN.put(file, new Throwable("open of " + path));
    }

    /** False where it was not open. */
    static boolean closed(Object file) {
        return OPEN.remove(file) != null;
    }

    static boolean isOpen(Object file) {
        return OPEN.containsKey(file);
    }

    static int count() {
        return OPEN.size();
    }

    static List<String> left() {
        List<String> out = new ArrayList<>();
        synchronized (OPEN) {
            OPEN.values().forEach(at -> out.add(at.getMessage() + " was never closed, at " + Slabs.stack(at)));
        }
        return out;
    }

    static void forget() {
        OPEN.clear();
    }
}
