/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * PTCOMM packets: a letter, six digits, a newline, the payload. Strict: what does not follow the grammar ends the
 * session and fails the job. Messages (W I Q S N R P O V) may come wherever a packet is awaited; they go to the log
 * here. Waiting is bounded, and a cancel wakes it.
 */
#include "shim.h"
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ERR_LINES_MAX = 1000, ERR_LINE_MAX = 1800 };

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static void stderr_line(struct session *s) {
  if (s->err_line.len && s->err_lines < ERR_LINES_MAX) sayf(s->job, MSG_WARNING, "backend: %s", s->err_line.p);
  if (s->err_lines == ERR_LINES_MAX) say(s->job, MSG_WARNING, "backend: more text on its stderr is not shown");
  if (s->err_lines <= ERR_LINES_MAX) s->err_lines++;
  s->err_line.len = 0;
}

/* Whatever the backend writes to stderr is text and nothing else. */
int stderr_read(struct session *s) {
  char part[4096];
  ssize_t n = -1;
  while (s->child.err >= 0 && (n = read(s->child.err, part, sizeof part)) > 0) {
    for (ssize_t i = 0; i < n; i++) {
      if (part[i] == '\n' || s->err_line.len >= ERR_LINE_MAX) stderr_line(s);
      if (part[i] != '\n' && part[i] != 0 && bytes_add(&s->err_line, &part[i], 1)) return fail(s, "out of memory");
    }
  }
  if (n == 0) { close(s->child.err); s->child.err = -1; }
  return 0;
}

/* After a cancel: the backend has its signal; what it still writes is read and thrown away until it ends. */
static int drain(struct session *s) {
  char waste[4096];
  int64_t end = now_ms() + limit_s("STRIPELINE_KILL_SECONDS", 10) * INT64_C(1000);
  while (!s->drained && s->child.out >= 0 && now_ms() < end) {
    struct pollfd p = {s->child.out, POLLIN, 0};
    poll(&p, 1, 100);
    ssize_t n;
    while ((n = read(s->child.out, waste, sizeof waste)) > 0) {}
    if (n == 0) s->drained = true;
    stderr_read(s);
  }
  s->drained = true;
  s->dead = true;
  return -1;
}

static int fill(struct session *s) {
  if (s->at == s->fill) s->at = s->fill = 0;
  else if (s->fill == BUFFER) {
    memmove(s->buf, s->buf + s->at, s->fill - s->at);
    s->fill -= s->at;
    s->at = 0;
  }
  if (s->fill == BUFFER) return 0;
  ssize_t n = read(s->child.out, s->buf + s->fill, BUFFER - s->fill);
  if (n > 0) { s->fill += (size_t)n; return 1; }
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  return fail(s, n ? "reading from the backend: %s" : "the backend has ended in the middle of the session (%s)",
              n ? strerror(errno) : "see its own log");
}

int64_t packet_deadline(void) { return now_ms() + limit_s("STRIPELINE_TIMEOUT_SECONDS", 3600) * INT64_C(1000); }

bool packet_late(int64_t end) { return now_ms() >= end; }

/* Waits until stdout (POLLIN) or stdin (POLLOUT) of the backend is ready. */
static int wait_for(struct session *s, short what, int64_t end) {
  for (;;) {
    if (s->dead) return -1;
    if (atomic_load(&s->job->cancelled)) return drain(s);
    int64_t left = end - now_ms();
    if (left <= 0) return fail(s, "the backend has been silent for too long; it is killed");
    bool room = what == POLLOUT && s->fill - s->at < BUFFER;
    struct pollfd p[4] = {{what == POLLIN ? s->child.out : s->child.in, what, 0},
                          {atomic_load(&s->job->wake), POLLIN, 0},
                          {s->child.err, POLLIN, 0},
                          {room ? s->child.out : -1, POLLIN, 0}};
    int n = poll(p, 4, left > 60000 ? 60000 : (int)left);
    if (n < 0 && errno != EINTR) return fail(s, "poll: %s", strerror(errno));
    if (n <= 0) continue;
    if (p[2].revents && stderr_read(s)) return -1;
    /* A backend that writes while we write is taken as far as the buffer goes, so that both cannot lock. */
    if (p[3].revents && !p[0].revents) {
      if ((s->async ? async_take(s) : fill(s)) < 0) return -1;
      end = packet_deadline();   /* it is not silent */
    }
    if (p[0].revents) return atomic_load(&s->job->cancelled) ? drain(s) : 0;
  }
}

static int need(struct session *s, size_t bytes) {
  for (int64_t end = packet_deadline(); s->fill - s->at < bytes;) {
    int n = fill(s);
    if (n < 0) return -1;
    if (n == 0 && wait_for(s, POLLIN, end)) return -1;
  }
  return 0;
}

int packet_peek(struct session *s, size_t bytes) { return need(s, bytes); }

int packet_waiting(struct session *s) {
  if (s->fill - s->at < HEADER && fill(s) < 0) return -1;
  return s->fill - s->at >= HEADER;
}

/* The payload of a D packet goes past our buffer into the core's when it is not there yet. */
ssize_t packet_data(struct session *s, void *to, size_t room) {
  if (s->dead) return -1;
  size_t want = s->left < room ? s->left : room, got = 0;
  for (int64_t end = packet_deadline(); got < want;) {
    if (s->fill > s->at) {
      size_t n = s->fill - s->at < want - got ? s->fill - s->at : want - got;
      memcpy((char *)to + got, s->buf + s->at, n);
      s->at += n;
      got += n;
      continue;
    }
    ssize_t n = want - got >= 16384 ? read(s->child.out, (char *)to + got, want - got) : 0;
    if (n > 0) got += (size_t)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR) return fail(s, "reading from the backend: %s", strerror(errno));
    else {
      int f = fill(s);
      if (f < 0 || (f == 0 && wait_for(s, POLLIN, end))) return -1;
    }
  }
  s->left -= got;
  return (ssize_t)got;
}

int packet_data_all(struct session *s, struct bytes *to) {
  size_t len = s->left;
  if (bytes_room(to, len)) return fail(s, "out of memory");
  if (packet_data(s, to->p + to->len, len) < 0) return -1;
  to->len += len;
  to->p[to->len] = 0;
  return 0;
}

int packet_skip(struct session *s) {
  char waste[16384];
  while (s->left) if (packet_data(s, waste, sizeof waste) < 0) return -1;
  return 0;
}

int packet_message_type(char status) {
  switch (status) {
    case 'W': return MSG_WARNING;
    case 'I': return MSG_INFO;
    case 'Q': return MSG_ERROR;
    case 'S': return MSG_SAVED;
    case 'N': return MSG_NOT_SAVED;
    case 'R': return MSG_RESTORED;
    case 'P': return MSG_SKIPPED;
    case 'O': return MSG_MOUNT;
    case 'V': return MSG_INFO;
    default: return 0;
  }
}

static int header(struct session *s) {
  if (packet_skip(s) || need(s, HEADER)) return -1;
  const char *h = s->buf + s->at;
  size_t len = 0;
  bool good = h[0] >= 'A' && h[0] <= 'Z' && h[7] == '\n';
  for (int i = 1; i < 7; i++) {
    good = good && h[i] >= '0' && h[i] <= '9';
    len = len * 10 + (size_t)(h[i] - '0');
  }
  if (!good) return fail(s, "protocol error: what the backend sent is no packet header (first byte 0x%02x)", h[0] & 0xff);
  s->status = h[0];
  s->at += HEADER;
  if ((s->status == 'F' || s->status == 'T') && len) return fail(s, "protocol error: %c packet with a payload", s->status);
  if ((s->status == 'C' || s->status == 'D' || s->status == 'B') && !len) return fail(s, "protocol error: empty %c packet", s->status);
  s->left = len;
  return 0;
}

static bool batches(const struct session *s) { return s->async || (s->kind == KIND_BACKUP && s->caps & CAP_BATCH); }

int packet_take(struct session *s) {
  if (s->dead || header(s)) return -1;
  if (s->status == 'D' || s->status == 'F' || (s->status == 'B' && batches(s))) return 0;
  int type = packet_message_type(s->status);
  if (!type && !strchr("CEA", s->status)) return fail(s, "protocol error: the backend sent a packet of type %c", s->status);
  s->text.len = 0;
  if (packet_data_all(s, &s->text)) return -1;
  if (s->status == 'A') return fail(s, "%s", s->text.p);
  if (type) { say(s->job, type, s->text.p); return 1; }
  if (s->status == 'C') {
    if (strlen(s->text.p) != s->text.len) return fail(s, "protocol error: NUL byte in a command");
    if (s->text.p[s->text.len - 1] == '\n') s->text.p[--s->text.len] = 0;
    while (!s->caps && s->text.len && isspace((unsigned char)s->text.p[s->text.len - 1])) s->text.p[--s->text.len] = 0;   /* as the stock plugin does */
  }
  return 0;
}

int packet_read(struct session *s) {
  int rc;
  do rc = packet_take(s); while (rc > 0);
  return rc;
}

static int write_all(struct session *s, const char *p, size_t len) {
  if (s->dead) return -1;
  if (atomic_load(&s->job->cancelled)) return drain(s);
  for (int64_t end = packet_deadline(); len;) {
    ssize_t n = write(s->child.in, p, len);
    if (n > 0) { p += n; len -= (size_t)n; end = packet_deadline(); continue; }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) return fail(s, "writing to the backend: %s", strerror(errno));
    if (wait_for(s, POLLOUT, end)) return -1;
  }
  return 0;
}

/* Small packets go out in one write, header included. */
int packet_send(struct session *s, char status, const void *payload, size_t len) {
  char small[HEADER + 4096 + 1];
  if (len > PACKET_MAX) return fail(s, "a packet of %zu bytes is too long for the protocol", len);
  snprintf(small, sizeof small, "%c%06zu\n", status, len);
  if (len <= 4096) {
    if (len) memcpy(small + HEADER, payload, len);
    return write_all(s, small, HEADER + len);
  }
  return write_all(s, small, HEADER) || write_all(s, payload, len) ? -1 : 0;
}

/* One packet of two parts that lie apart. */
int packet_send_two(struct session *s, char status, const void *head, size_t head_len, const void *tail, size_t len) {
  char h[HEADER + 1];
  snprintf(h, sizeof h, "%c%06zu\n", status, head_len + len);
  return write_all(s, h, HEADER) || write_all(s, head, head_len) || write_all(s, tail, len) ? -1 : 0;
}

int eod_send(struct session *s) { return packet_send(s, 'F', NULL, 0); }

int command_send(struct session *s, const char *format, ...) {
  char *text;
  va_list args;
  va_start(args, format);
  int n = vasprintf(&text, format, args);
  va_end(args);
  if (n < 0) return fail(s, "out of memory");
  int rc = packet_send(s, 'C', text, (size_t)n);
  free(text);
  return rc;
}

int command_bytes(struct session *s, const char *key, const char *value) {
  s->scratch.len = 0;
  if (bytes_add(&s->scratch, key, strlen(key)) || bytes_add(&s->scratch, value, strlen(value)) || bytes_add(&s->scratch, "\n", 1))
    return fail(s, "out of memory");
  return packet_send(s, 'C', s->scratch.p, s->scratch.len);
}

int eod_expect(struct session *s, const char *after) {
  if (packet_read(s)) return -1;
  if (s->status == 'F') return 0;
  if (s->status == 'E') return fail(s, "%s", s->text.p);
  return fail(s, "protocol error: %c packet \"%.200s\" in answer to %s", s->status, s->status == 'C' ? s->text.p : "", after);
}
