/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * The plugin command of the FileSet: "stripeline: key=value key2="a b" flag". Split at blanks; quotes group, a
 * backslash takes the next character as it is, a word without '=' means word=1. Order and repetitions are kept.
 * Understood here are only `slx=off` (or `slx=<caps>`, for comparison) and `abort_on_error`; the rest is the backend's.
 */
#include "shim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct { const char *name; uint32_t bit; } CAPS[] = {
  {"meta", CAP_META}, {"seen", CAP_SEEN}, {"tally", CAP_TALLY}, {"holes", CAP_HOLES}, {"accept", CAP_ACCEPT}, {"one", CAP_ONE},
  {"batch", CAP_BATCH}, {"async", CAP_ASYNC}};

int params_add(struct params *p, const char *word) {
  char **words = realloc(p->words, (p->count + 1) * sizeof *words);
  if (!words) return -1;
  p->words = words;
  words[p->count] = strdup(word);
  return words[p->count] ? (int)(p->count++, 0) : -1;
}

static bool key_is(const char *word, const char *key) {
  size_t n = strcspn(word, "=");
  return n == strlen(key) && !strncasecmp(word, key, n);
}

static uint32_t offer_of(const char *list) {
  uint32_t offer = 0;
  for (size_t n; *list; list += n + (list[n] == ',')) {
    n = strcspn(list, ",");
    for (size_t i = 0; i < sizeof CAPS / sizeof *CAPS; i++)
      if (strlen(CAPS[i].name) == n && !strncasecmp(CAPS[i].name, list, n)) offer |= CAPS[i].bit;
  }
  return offer;
}

static int take(struct params *p, struct bytes *word) {
  if (!strchr(word->p, '=') && bytes_add(word, "=1", 2)) return -1;
  const char *w = word->p, *value = strchr(w, '=') + 1;
  if (!strncasecmp(w, "X-", 2)) return 0;                   /* reserved for the two programs */
  if (key_is(w, "slx")) {
    p->slx_off = !strcasecmp(value, "off") || !strcasecmp(value, "no");
    p->offer = !strcasecmp(value, "on") || !strcasecmp(value, "1") ? ~0u : offer_of(value);
    return 0;
  }
  if (key_is(w, "abort_on_error")) p->abort_on_error = strcmp(value, "0") != 0;
  return params_add(p, w);
}

int params_parse(struct params *p, const char *command) {
  struct bytes word = {0};
  bool quoted = false, some = false;
  int rc = 0;
  const char *c = strchr(command, ':');
  p->offer = ~0u;
  for (c = c ? c + 1 : ""; rc == 0; c++) {
    if (*c == 0 || (!quoted && strchr(" \t\r\n", *c))) {
      if (some) rc = take(p, &word);
      word.len = 0;
      some = false;
      if (!*c) break;
    } else if (*c == '"') {
      quoted = !quoted;
      some = true;
      rc = bytes_add(&word, "", 0);
    } else {
      if (*c == '\\' && c[1]) c++;
      some = true;
      rc = bytes_add(&word, c, 1);
    }
  }
  bytes_free(&word);
  return rc;
}

const char *params_get(const struct params *p, const char *key) {
  for (size_t i = p->count; i-- > 0;) if (key_is(p->words[i], key)) return strchr(p->words[i], '=') + 1;
  return NULL;
}

void params_free(struct params *p) {
  for (size_t i = 0; i < p->count; i++) free(p->words[i]);
  free(p->words);
  memset(p, 0, sizeof *p);
}

/* The filled restore options: lines key=value or key="value"; comments start with '#'. */
int answers_parse(struct params *answers, const char *text, size_t len) {
  for (const char *end = text + len; text < end;) {
    const char *stop = memchr(text, '\n', (size_t)(end - text));
    size_t n = (size_t)((stop ? stop : end) - text);
    char *line = strndup(text, n), *value = line ? strchr(line, '=') : NULL;
    if (!line) return -1;
    int rc = 0;
    if (value && *line != '#') {
      size_t v = strlen(value + 1);
      if (v >= 2 && value[1] == '"' && value[v] == '"') {
        memmove(value + 1, value + 2, v - 2);
        value[v - 1] = 0;
      }
      rc = params_add(answers, line);
    }
    free(line);
    if (rc) return -1;
    text += n + 1;
  }
  return 0;
}

/* Names of caps, for the offer; and back. */
void caps_text(uint32_t caps, char *to, size_t room) {
  size_t at = 0;
  *to = 0;
  for (size_t i = 0; i < sizeof CAPS / sizeof *CAPS; i++)
    if (caps & CAPS[i].bit) at += (size_t)snprintf(to + at, room - at, " %s", CAPS[i].name);
}

uint32_t caps_parse(const char *text) {
  uint32_t caps = 0;
  for (size_t n; *(text += strspn(text, " ")); text += n) {
    n = strcspn(text, " ");
    for (size_t i = 0; i < sizeof CAPS / sizeof *CAPS; i++)
      if (strlen(CAPS[i].name) == n && !strncmp(CAPS[i].name, text, n)) caps |= CAPS[i].bit;
  }
  return caps;
}
