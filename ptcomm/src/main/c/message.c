/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Texts for the job's log. bacula-fd cuts a message at 1999 bytes, so longer ones are split, at line ends where
 * there are some. Only the first part carries the message type: one cause counts as one error.
 */
#include "shim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART = 1900 };

/* Length of the next part: up to a line end, else a blank, else the start of a UTF-8 character. */
static size_t part_of(const char *text, size_t len) {
  if (len <= PART) return len;
  for (size_t i = PART; i > 0; i--) if (text[i - 1] == '\n') return i;
  for (size_t i = PART; i > PART / 2; i--) if (text[i - 1] == ' ') return i;
  size_t i = PART;
  while (i > PART - 4 && ((unsigned char)text[i] & 0xC0) == 0x80) i--;
  return i;
}

static void say_bytes(struct job *j, int type, const char *text, size_t len) {
  do {
    size_t part = part_of(text, len), shown = part;
    while (shown > 0 && text[shown - 1] == '\n') shown--;
    char line[PART + 1];
    memcpy(line, text, shown);
    line[shown] = 0;
    core->job_message(j->ctx, "stripeline", 0, type, 0, "stripeline: %s\n", line);
    if (type == MSG_FATAL || type == MSG_ERROR || type == MSG_WARNING) type = MSG_INFO;
    text += part;
    len -= part;
  } while (len);
}

void say(struct job *j, int type, const char *text) { say_bytes(j, type, text, strlen(text)); }

void sayf(struct job *j, int type, const char *format, ...) {
  char *text;
  va_list args;
  va_start(args, format);
  int n = vasprintf(&text, format, args);
  va_end(args);
  say(j, type, n < 0 ? format : text);
  if (n >= 0) free(text);
}

int fail(struct session *s, const char *format, ...) {
  if (s->dead) return -1;
  s->dead = true;
  if (!atomic_load(&s->job->cancelled)) {
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    s->job->failed = true;
    say(s->job, MSG_FATAL, n < 0 ? format : text);
    if (n >= 0) free(text);
  }
  return -1;
}
