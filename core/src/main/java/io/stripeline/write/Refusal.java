package io.stripeline.write;

/**
 * An entry is left out on purpose: it would lead out of the target, or what it builds on is not what it was. Carries no
 * stack trace, like the failure of a call.
 */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String kind;

    /**
     * @param kind groups refusals of one sort, for example {@code unsafe name}
     * @param message a sentence for people, without the path
     */
    Refusal(String kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    String kind() {
        return kind;
    }

    /** What the sentence is; never null. */
    String sentence() {
        return String.valueOf(getMessage());
    }
}
