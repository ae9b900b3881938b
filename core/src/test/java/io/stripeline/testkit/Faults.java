package io.stripeline.testkit;

import io.stripeline.posix.PosixException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong, call by call: rules that are asked before each call of a kind. A rule that has no count left is used
 * up; of several that fit, each one acts, in the order in which they were given. Thread-safe.
 */
public final class Faults {
    /** The calls of a volume that can fail. */
    public enum Call {
        SCAN,
        OPEN,
        ATTRIBUTES,
        INODE,
        FILE_ATTRIBUTES,
        EXTENT,
        READ,
        CLOSE
    }

    /** One rule. Says when, then what. */
    public final class Rule {
        private final Call call;
        private final @Nullable String path;
        private long skip;
        private long left = 1;
        private int errno;
        private int most = Integer.MAX_VALUE;
        private Runnable first = () -> {};

        private Rule(Call call, @Nullable String path) {
            this.call = call;
            this.path = path;
        }

        /** The n-th call that fits, from 1; without it the first. */
        public Rule nth(long n) {
            skip = n - 1;
            return this;
        }

        /** So many calls from there on; without it one. */
        public Rule times(long count) {
            left = count;
            return this;
        }

        public Rule always() {
            return times(Long.MAX_VALUE);
        }

        /** Fails with this errno. */
        public Faults fail(int number) {
            errno = number;
            return add(this);
        }

        /** Lets a read return at most so many bytes. */
        public Faults shortRead(int bytes) {
            most = bytes;
            return add(this);
        }

        /** Waits first. */
        public Faults delay(Duration time) {
            return run(() -> {
                long end = System.nanoTime() + time.toNanos();
                while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
            });
        }

        /** Runs this first, on the thread of the call; then the call goes its way. */
        public Faults run(Runnable body) {
            first = body;
            return add(this);
        }

        private boolean takes(Call now, String at) {
            if (now != call || (path != null && !path.equals(at)) || left == 0) {
                return false;
            }
            if (skip > 0) {
                skip--;
                return false;
            }
            left--;
            return true;
        }
    }

    private final List<Rule> rules = new ArrayList<>();
    private final Map<Call, Long> counts = new EnumMap<>(Call.class);

    /** A rule for a call on any path. */
    public Rule on(Call call) {
        return new Rule(call, null);
    }

    /** A rule for a call on one path, printable. */
    public Rule on(Call call, String path) {
        return new Rule(call, path);
    }

    private synchronized Faults add(Rule rule) {
        rules.add(rule);
        return this;
    }

    /** How often a call was made so far, failed ones included. */
    public synchronized long count(Call call) {
        return counts.getOrDefault(call, 0L);
    }

    /** Acts on all rules that fit; returns how many bytes a read may return. */
    int before(Call call, String path) {
        List<Rule> taken = new ArrayList<>();
        synchronized (this) {
            counts.merge(call, 1L, Long::sum);
            rules.stream().filter(rule -> rule.takes(call, path)).forEach(taken::add);
        }
        int most = Integer.MAX_VALUE;
        for (Rule rule : taken) {
            rule.first.run();
            if (rule.errno != 0) {
                throw new PosixException(call.name().toLowerCase(java.util.Locale.ROOT), rule.errno, path);
            }
            most = Math.min(most, rule.most);
        }
        return most;
    }
}
