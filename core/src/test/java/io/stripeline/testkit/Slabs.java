package io.stripeline.testkit;

import io.stripeline.slab.SlabPool;
import java.util.ArrayList;
import java.util.List;

/**
 * Slab pools for tests: they keep the stack of whoever takes a slab, and {@link NoLeaks} finds a slab that is not given
 * back after the test that made the pool.
 */
public final class Slabs {
    /** Pools made since the test started. */
    private static final List<SlabPool> POOLS = new ArrayList<>();

    private Slabs() {}

    public static SlabPool pool(int count, int slabBytes) {
        SlabPool pool = SlabPool.of(count, slabBytes).traced();
        synchronized (POOLS) {
            POOLS.add(pool);
        }
        return pool;
    }

    /** One line, with the stack of the taker, for each slab that is out. */
    static List<String> outstanding() {
        List<String> out = new ArrayList<>();
        synchronized (POOLS) {
            for (SlabPool pool : POOLS) {
                pool.takers().forEach(taker -> out.add("slab not given back, taken at " + stack(taker)));
                if (pool.takers().isEmpty() && pool.outstanding() > 0) {
                    out.add(pool.outstanding() + " slabs not given back");
                }
            }
        }
        return out;
    }

    static void forget() {
        synchronized (POOLS) {
            POOLS.clear();
        }
    }

    static String stack(Throwable at) {
        StringBuilder out = new StringBuilder();
        for (StackTraceElement frame : at.getStackTrace()) {
            out.append("\n      at ").append(frame);
        }
        return out.toString();
    }
}
