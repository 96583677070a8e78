/*
 * Stands between a program and its files (LD_PRELOAD): writes down what the program does to the files below
 * one folder, byte for byte and in order, and makes it fail as a disk does, on demand.
 *
 * shim_watch() says which folder. It is asked of the system where an open file lies (/proc), so nothing has to
 * be remembered between two calls, and files that were opened before are seen too.
 *
 * The log is a sequence of `struct record`, each followed by path, other path and data. What must be over when
 * it counts (a write) is logged after it was done. A sync is logged twice, as it begins and as it ends: only
 * what was written before it began is sure to be on disk. What is told to the outside is logged before it is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    KIND_OPEN = 'o',       /* offset: the flags */
    KIND_WRITE = 'w',      /* offset: where; data: what was really written */
    KIND_TRUNCATE = 't',   /* offset: the new size */
    KIND_SYNC_BEGINS = 's',
    KIND_SYNC_ENDS = 'S',
    KIND_RENAME = 'r',     /* other: the new name */
    KIND_UNLINK = 'u',
    KIND_MKDIR = 'm',
    KIND_READ = 'g',       /* never logged, only made to fail */
    KIND_TOLD = 'a',       /* data: what was told */
};

struct record {
    uint32_t kind;
    uint32_t path_size;
    uint32_t other_size;
    uint32_t data_size;
    int64_t offset;
    int64_t result; /* of the system call; below 0: the negated errno */
};

#define LEAST_LOG_FD 700 /* out of the way of descriptors that the program counts on */

static char folder[PATH_MAX];
static char told[PATH_MAX];
static char control[PATH_MAX];
static size_t folder_size;
static int log_fd = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Watch the files below a folder; "" for none. Each of the other three may be "" too.
 *
 * log_path: where to log. told_path: the file by which the program tells the outside what it has done.
 * control_path: while this file is there, it says what fails (see find_fault). Paths are absolute and real.
 */
int shim_watch(const char *folder_path, const char *log_path, const char *told_path, const char *control_path)
{
    int fd;
    snprintf(folder, sizeof folder, "%s", folder_path);
    snprintf(told, sizeof told, "%s", told_path);
    snprintf(control, sizeof control, "%s", control_path);
    folder_size = strlen(folder);
    if (log_fd >= 0)
        syscall(SYS_close, log_fd);
    log_fd = -1;
    if (!*log_path)
        return 0;
    fd = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    log_fd = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, LEAST_LOG_FD);
    syscall(SYS_close, fd);
    return log_fd < 0 ? -1 : 0;
}

static int is_below(const char *path)
{
    return folder_size && strncmp(path, folder, folder_size) == 0
        && (path[folder_size] == '/' || path[folder_size] == '\0');
}

static int path_of_fd(int fd, char *path)
{
    char link[64];
    ssize_t size;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = readlink(link, path, PATH_MAX - 1);
    path[size < 0 ? 0 : size] = '\0';
    return size > 0;
}

/* The real path of a name that need not exist. */
static int path_of_name(int at, const char *name, char *path)
{
    char parent[PATH_MAX], real[PATH_MAX], *slash;
    const char *last = name;
    if (*name == '/' || at == AT_FDCWD) {
        snprintf(parent, sizeof parent, "%s", name);
    } else {
        if (!path_of_fd(at, real) || (size_t)snprintf(parent, sizeof parent, "%s/%s", real, name) >= sizeof parent)
            return 0;
    }
    slash = strrchr(parent, '/');
    if (slash == NULL) {
        last = name;
        snprintf(parent, sizeof parent, ".");
    } else {
        last = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
        slash[slash == parent] = '\0';
    }
    if (realpath(parent, real) == NULL)
        return 0;
    if (*last == '\0')
        return snprintf(path, PATH_MAX, "%s", real) < PATH_MAX;
    return snprintf(path, PATH_MAX, "%s/%s", strcmp(real, "/") ? real : "", last) < PATH_MAX;
}

static void note(int kind, const char *path, const char *other, int64_t offset, int64_t result, const void *data,
                 size_t data_size)
{
    struct record record;
    struct iovec parts[4];
    int saved = errno;
    if (log_fd < 0)
        return;
    record.kind = (uint32_t)kind;
    record.path_size = (uint32_t)strlen(path);
    record.other_size = (uint32_t)strlen(other);
    record.data_size = (uint32_t)data_size;
    record.offset = offset;
    record.result = result;
    parts[0].iov_base = &record, parts[0].iov_len = sizeof record;
    parts[1].iov_base = (void *)path, parts[1].iov_len = record.path_size;
    parts[2].iov_base = (void *)other, parts[2].iov_len = record.other_size;
    parts[3].iov_base = (void *)data, parts[3].iov_len = data_size;
    pthread_mutex_lock(&lock);
    if (syscall(SYS_writev, log_fd, parts, 4) < 0)
        abort(); /* a log with a hole would prove what is not true */
    pthread_mutex_unlock(&lock);
    errno = saved;
}

static int64_t outcome(long result)
{
    return result < 0 ? -(int64_t)errno : result;
}

enum action { GO_ON = 0, FAIL, HALVE, SKIP };

/* Say what is to become of an operation, by the control file: "<what> <action> <after> <times> <ending>".
 *
 * what: open, read, write, sync, truncate, rename, unlink, mkdir; `change` for all but reading, `any` for all.
 * action: an errno; `half` (half of what was to be written is written); `torn` (the same once, and what
 *         follows finds the disk full); `skip` (a sync does nothing, and says that it has done it); `kill` (the
 *         process ends as by kill -9).
 * after: how many such operations are left alone before. times: how many it concerns then, 0 for all; when
 *        they are through, the file is deleted.
 * ending: only paths that end so; * for all. Of a rename it is the new name.
 * While the file is there and says the same it is counted on; without it the count begins anew.
 */
static enum action find_fault(int kind, const char *path, int *error)
{
    static char former[256];
    static long seen;
    static int has_torn;
    char text[256], what[16], action[16], ending[128];
    const char *name = kind == KIND_OPEN ? "open" : kind == KIND_READ ? "read" : kind == KIND_WRITE ? "write"
        : kind == KIND_SYNC_BEGINS ? "sync" : kind == KIND_TRUNCATE ? "truncate" : kind == KIND_RENAME ? "rename"
        : kind == KIND_UNLINK ? "unlink" : "mkdir";
    long after, times, number;
    size_t path_size = strlen(path), ending_size;
    ssize_t size = -1;
    int fd, saved = errno;

    if (!*control)
        return GO_ON;
    fd = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        size = syscall(SYS_read, fd, text, sizeof text - 1);
        syscall(SYS_close, fd);
    }
    errno = saved;
    text[size < 0 ? 0 : size] = '\0';
    pthread_mutex_lock(&lock);
    if (strcmp(text, former) != 0) {
        strcpy(former, text);
        seen = 0;
        has_torn = 0;
    }
    if (sscanf(text, "%15s %15s %ld %ld %127s", what, action, &after, &times, ending) != 5
        || (strcmp(what, name) != 0 && strcmp(what, "any") != 0
            && (kind == KIND_READ || strcmp(what, "change") != 0))) {
        pthread_mutex_unlock(&lock);
        return GO_ON;
    }
    ending_size = strlen(ending);
    if (strcmp(ending, "*") != 0
        && (path_size < ending_size || strcmp(path + path_size - ending_size, ending) != 0)) {
        pthread_mutex_unlock(&lock);
        return GO_ON;
    }
    number = seen++ - after;
    if (times && number == times - 1) {
        syscall(SYS_unlinkat, AT_FDCWD, control, 0);
        errno = saved;
    }
    pthread_mutex_unlock(&lock);
    if (number < 0 || (times && number >= times))
        return GO_ON;
    if (strcmp(action, "kill") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(action, "half") == 0 && kind == KIND_WRITE)
        return HALVE;
    if (strcmp(action, "torn") == 0) {
        if (!has_torn && kind != KIND_WRITE)
            return GO_ON;
        if (!has_torn) {
            has_torn = 1;
            return HALVE;
        }
        *error = ENOSPC;
        return FAIL;
    }
    if (strcmp(action, "skip") == 0 && kind == KIND_SYNC_BEGINS)
        return SKIP;
    *error = atoi(action);
    return *error ? FAIL : GO_ON;
}

static int fails(int kind, const char *path, int64_t offset)
{
    int error = 0;
    if (find_fault(kind, path, &error) != FAIL)
        return 0;
    if (kind != KIND_READ)
        note(kind, path, "", offset, -error, "", 0);
    errno = error;
    return 1;
}

/* ---- writing ---- */

static ssize_t write_parts(int fd, const struct iovec *parts, int count, off_t offset, int is_positioned)
{
    char path[PATH_MAX];
    struct iovec half;
    ssize_t result;
    int error = 0, i;
    size_t left;
    if ((!folder_size && !*told) || !path_of_fd(fd, path))
        goto plain;
    if (*told && strcmp(path, told) == 0) {
        note(KIND_TOLD, path, "", 0, 0, parts[0].iov_base, parts[0].iov_len);
        goto plain;
    }
    if (!is_below(path))
        goto plain;
    switch (find_fault(KIND_WRITE, path, &error)) {
    case FAIL:
        note(KIND_WRITE, path, "", offset, -error, "", 0);
        errno = error;
        return -1;
    case HALVE:
        half.iov_base = parts[0].iov_base;
        half.iov_len = (parts[0].iov_len + 1) / 2;
        parts = &half;
        count = 1;
        break;
    case SKIP:
    case GO_ON:
        break;
    }
    result = is_positioned ? syscall(SYS_pwritev, fd, parts, count, offset, 0L) : syscall(SYS_writev, fd, parts, count);
    if (result < 0) {
        note(KIND_WRITE, path, "", offset, outcome(result), "", 0);
        return result;
    }
    if (!is_positioned) /* also right for O_APPEND, which moves the offset before it writes */
        offset = syscall(SYS_lseek, fd, 0L, SEEK_CUR) - result;
    for (i = 0, left = (size_t)result; i < count && left; i++) {
        size_t size = parts[i].iov_len < left ? parts[i].iov_len : left;
        note(KIND_WRITE, path, "", offset, (int64_t)size, parts[i].iov_base, size);
        offset += (off_t)size;
        left -= size;
    }
    return result;
plain:
    return is_positioned ? syscall(SYS_pwritev, fd, parts, count, offset, 0L) : syscall(SYS_writev, fd, parts, count);
}

ssize_t write(int fd, const void *data, size_t size)
{
    struct iovec part = { (void *)data, size };
    return write_parts(fd, &part, 1, 0, 0);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return write_parts(fd, parts, count, 0, 0);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset)
{
    struct iovec part = { (void *)data, size };
    return write_parts(fd, &part, 1, offset, 1);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    return pwrite64(fd, data, size, offset);
}

/* Copies inside the system cannot be logged; whoever asks for one is sent back to reading and writing. */
static int is_watched(int fd)
{
    char path[PATH_MAX];
    return folder_size && path_of_fd(fd, path) && is_below(path);
}

ssize_t sendfile64(int out, int in, off_t *offset, size_t size)
{
    if (is_watched(out)) {
        errno = EINVAL;
        return -1;
    }
    return syscall(SYS_sendfile, out, in, offset, size);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t size)
{
    return sendfile64(out, in, offset, size);
}

ssize_t copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t size, unsigned flags)
{
    if (is_watched(out)) {
        errno = EINVAL;
        return -1;
    }
    return syscall(SYS_copy_file_range, in, in_at, out, out_at, size, flags);
}

/* ---- reading: never logged, only made to fail ---- */

static int read_fails(int fd)
{
    char path[PATH_MAX];
    return *control && folder_size && path_of_fd(fd, path) && is_below(path) && fails(KIND_READ, path, 0);
}

ssize_t read(int fd, void *data, size_t size)
{
    return read_fails(fd) ? -1 : syscall(SYS_read, fd, data, size);
}

ssize_t pread64(int fd, void *data, size_t size, off_t offset)
{
    return read_fails(fd) ? -1 : syscall(SYS_pread64, fd, data, size, offset);
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
    return pread64(fd, data, size, offset);
}

/* ---- flushing and sizes ---- */

static int sync_by(long number, int fd)
{
    char path[PATH_MAX];
    int result, error = 0;
    if (!folder_size || !path_of_fd(fd, path) || !is_below(path))
        return (int)syscall(number, fd);
    switch (find_fault(KIND_SYNC_BEGINS, path, &error)) {
    case SKIP:
        return 0;
    case FAIL:
        note(KIND_SYNC_BEGINS, path, "", 0, 0, "", 0);
        errno = error;
        result = -1;
        break;
    default:
        note(KIND_SYNC_BEGINS, path, "", 0, 0, "", 0);
        result = (int)syscall(number, fd);
    }
    note(KIND_SYNC_ENDS, path, "", 0, outcome(result), "", 0);
    return result;
}

int fsync(int fd)
{
    return sync_by(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_by(SYS_fdatasync, fd);
}

int ftruncate64(int fd, off_t size)
{
    char path[PATH_MAX];
    int result;
    if (!folder_size || !path_of_fd(fd, path) || !is_below(path))
        return (int)syscall(SYS_ftruncate, fd, size);
    if (fails(KIND_TRUNCATE, path, size))
        return -1;
    result = (int)syscall(SYS_ftruncate, fd, size);
    note(KIND_TRUNCATE, path, "", size, outcome(result), "", 0);
    return result;
}

int ftruncate(int fd, off_t size)
{
    return ftruncate64(fd, size);
}

/* ---- names ---- */

static int open_at(int at, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    int result;
    if (!folder_size || !path_of_name(at, name, path) || !is_below(path))
        return (int)syscall(SYS_openat, at, name, flags, mode);
    if (fails(KIND_OPEN, path, flags))
        return -1;
    result = (int)syscall(SYS_openat, at, name, flags, mode);
    note(KIND_OPEN, path, "", flags, outcome(result), "", 0);
    return result;
}

#define TAKE_MODE(mode, flags)                     \
    mode_t mode = 0;                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {         \
        va_list rest;                              \
        va_start(rest, flags);                     \
        mode = va_arg(rest, mode_t);               \
        va_end(rest);                              \
    }

int open(const char *name, int flags, ...)
{
    TAKE_MODE(mode, flags)
    return open_at(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    TAKE_MODE(mode, flags)
    return open_at(AT_FDCWD, name, flags, mode);
}

int openat(int at, const char *name, int flags, ...)
{
    TAKE_MODE(mode, flags)
    return open_at(at, name, flags, mode);
}

int openat64(int at, const char *name, int flags, ...)
{
    TAKE_MODE(mode, flags)
    return open_at(at, name, flags, mode);
}

int renameat(int from_at, const char *from, int to_at, const char *to)
{
    char path[PATH_MAX], other[PATH_MAX];
    int result, error = 0;
    if (!folder_size || !path_of_name(from_at, from, path) || !path_of_name(to_at, to, other)
        || !(is_below(path) || is_below(other)))
        return (int)syscall(SYS_renameat2, from_at, from, to_at, to, 0);
    if (find_fault(KIND_RENAME, other, &error) == FAIL) {
        note(KIND_RENAME, path, other, 0, -error, "", 0);
        errno = error;
        return -1;
    }
    result = (int)syscall(SYS_renameat2, from_at, from, to_at, to, 0);
    note(KIND_RENAME, path, other, 0, outcome(result), "", 0);
    return result;
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

static int change_name(int kind, long number, int at, const char *name, long argument)
{
    char path[PATH_MAX];
    int result;
    if (!folder_size || !path_of_name(at, name, path) || !is_below(path))
        return (int)syscall(number, at, name, argument);
    if (fails(kind, path, 0))
        return -1;
    result = (int)syscall(number, at, name, argument);
    note(kind, path, "", 0, outcome(result), "", 0);
    return result;
}

int unlink(const char *name)
{
    return change_name(KIND_UNLINK, SYS_unlinkat, AT_FDCWD, name, 0);
}

int unlinkat(int at, const char *name, int flags)
{
    return change_name(KIND_UNLINK, SYS_unlinkat, at, name, flags);
}

int rmdir(const char *name)
{
    return change_name(KIND_UNLINK, SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR);
}

int mkdir(const char *name, mode_t mode)
{
    return change_name(KIND_MKDIR, SYS_mkdirat, AT_FDCWD, name, mode);
}

int mkdirat(int at, const char *name, mode_t mode)
{
    return change_name(KIND_MKDIR, SYS_mkdirat, at, name, mode);
}
