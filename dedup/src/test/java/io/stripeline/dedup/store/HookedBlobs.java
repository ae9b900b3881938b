package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.BlobWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** A blob store before whose operations, and those of its writers, something is done: a wait, a failure. */
final class HookedBlobs {
    /** May block and may throw, in place of the operation. */
    interface Hook {
        /**
         * @param operation a method of {@link BlobStore} or {@link BlobWriter}
         * @param name of the object; of a method without one, empty
         */
        void before(String operation, String name) throws Exception;
    }

    private HookedBlobs() {}

    static BlobStore of(BlobStore inner, Hook hook) {
        return proxy(BlobStore.class, (method, arguments) -> {
            String name = arguments != null && arguments[0] instanceof String text ? text : "";
            hook.before(method.getName(), name);
            Object answer = call(inner, method, arguments);
            return answer instanceof BlobWriter writer ? of(writer, name, hook) : answer;
        });
    }

    private static BlobWriter of(BlobWriter inner, String name, Hook hook) {
        return proxy(BlobWriter.class, (method, arguments) -> {
            hook.before(method.getName(), name);
            return call(inner, method, arguments);
        });
    }

    private interface Call {
        @Nullable
        Object to(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call.to(method, arguments)));
    }

    private static @Nullable Object call(Object inner, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(inner, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}
