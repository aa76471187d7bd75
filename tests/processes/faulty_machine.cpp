// faulty_machine: a library that is loaded in front of the C library (LD_PRELOAD) and makes the machine of one process
// fail on demand. The process itself is the unchanged product.
//
// KANHE_FAULT  operation:first[+]:what   the first such operation (counted from 1), with + every one from there on
//   operation  sync    fsync, fdatasync
//              write   write, pwrite, writev, ftruncate, posix_fallocate, rename, unlink of regular files
//   what       kill            the process is killed before the operation
//              kill-after      the process is killed when the operation is done
//              EIO | ENOSPC | EROFS | EDQUOT   the operation fails; counted for these are only writes that keep
//                              something: no unlink, and not what a node goes on without: the files LOG, kanhed.log,
//                              query.log, metrics.prom and status.json, and the directory reads
//              delay=MS        the operation takes so much longer
//              lie             a sync says that it is done, and nothing was done
//   Several, separated by commas. Only files whose path begins with KANHE_FAULT_UNDER count.
// KANHE_FAULT_COUNT   a file to which the number of operations so far is written: "syncs writes"
// KANHE_FAULT_CLOCK   a file that holds milliseconds to add to the wall clock, read at each question; the monotonic
//                     clock stays as it is
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

enum class Operation { sync, write };

struct Fault {
  Operation operation = Operation::sync;
  long first = 0;
  bool goes_on = false;
  enum class What { kill, kill_after, fail, delay, lie } what = What::kill;
  int error = 0;
  long delay_ms = 0;
};

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::vector<Fault> read_faults() {
  std::vector<Fault> faults;
  const char* text = std::getenv("KANHE_FAULT");
  std::string rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string one = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    const std::size_t colon = one.find(':');
    const std::size_t second = one.find(':', colon + 1);
    if (colon == std::string::npos || second == std::string::npos) std::abort();
    Fault fault;
    fault.operation = one.substr(0, colon) == "sync" ? Operation::sync : Operation::write;
    fault.first = std::atol(one.c_str() + colon + 1);
    fault.goes_on = one[second - 1] == '+';
    const std::string what = one.substr(second + 1);
    if (what == "kill-after") fault.what = Fault::What::kill_after;
    if (what == "lie") fault.what = Fault::What::lie;
    if (what.starts_with("delay=")) {
      fault.what = Fault::What::delay;
      fault.delay_ms = std::atol(what.c_str() + 6);
    }
    static constexpr std::pair<const char*, int> errors[] = {
        {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EROFS", EROFS}, {"EDQUOT", EDQUOT}};
    for (const auto& [name, error] : errors) {
      if (what != name) continue;
      fault.what = Fault::What::fail;
      fault.error = error;
    }
    faults.push_back(fault);
  }
  return faults;
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> read = read_faults();
  return read;
}

const std::string& under() {
  static const std::string path = std::getenv("KANHE_FAULT_UNDER") == nullptr ? "/" : std::getenv("KANHE_FAULT_UNDER");
  return path;
}

std::atomic<long> syncs{0};
std::atomic<long> writes{0};
std::atomic<long> keeping_writes{0};

void note_count() {
  static const char* path = std::getenv("KANHE_FAULT_COUNT");
  if (path == nullptr) return;
  static const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%ld %ld          \n", syncs.load(), writes.load());
  static const auto pwrite_really = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  (void)!pwrite_really(file, text, static_cast<size_t>(length), 0);
}

thread_local std::string operation_path;  // for who looks why something went on

// Whether an operation on a file counts, and if so, whether it keeps something.
enum class Place { elsewhere, passing, kept };

Place place_of(std::string_view path) {
  if (!path.starts_with(under())) return Place::elsewhere;
  // What a node goes on without: LevelDB's words, its own, and what it shows of itself.
  for (const std::string_view name : {"/LOG", "/kanhed.log", "/query.log", "/reads/", "/metrics.prom",
                                      "/status.json"}) {
    if (path.find(name) != std::string_view::npos) return Place::passing;
  }
  return Place::kept;
}

Place place_of(int file) {
  struct stat status {};
  if (fstat(file, &status) != 0 || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) return Place::elsewhere;
  char path[PATH_MAX];
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return Place::elsewhere;
  operation_path.assign(path, static_cast<std::size_t>(length));
  return place_of(std::string_view(path, static_cast<std::size_t>(length)));
}

void tell_failure(Operation operation, long number, int error) {
  const char* const kind = operation == Operation::sync ? "sync" : "write";
  dprintf(STDERR_FILENO, "faulty machine: %s %ld, %s\n", kind, number, operation_path.c_str());
  errno = error;
}

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// Does the operation, or what the fault says instead.
template <class Action>
auto perform(Operation operation, Place place, Action action) -> decltype(action()) {
  if (place == Place::elsewhere) return action();
  const long any_number = operation == Operation::sync ? ++syncs : ++writes;
  // Of one that keeps nothing: none, but in what goes on it stands behind the last that did.
  const bool keeps = place == Place::kept;
  const long kept_number = operation == Operation::sync ? any_number : keeps ? ++keeping_writes : keeping_writes.load();
  note_count();
  bool dies = false;
  for (const Fault& fault : faults()) {
    if (fault.operation != operation) continue;
    const bool fails = fault.what == Fault::What::fail;
    const long number = fails ? kept_number : any_number;
    if (fails && !fault.goes_on && !keeps && operation == Operation::write) continue;
    if (fault.goes_on ? number < fault.first : number != fault.first) continue;
    switch (fault.what) {
      case Fault::What::kill: die();
      case Fault::What::kill_after: dies = true; break;
      case Fault::What::delay: usleep(static_cast<useconds_t>(fault.delay_ms * 1000)); break;
      case Fault::What::fail: tell_failure(operation, number, fault.error); return -1;
      case Fault::What::lie: return 0;
    }
  }
  const auto result = action();
  if (dies) die();
  return result;
}

long clock_offset_ms() {
  static const char* path = std::getenv("KANHE_FAULT_CLOCK");
  if (path == nullptr) return 0;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[32] = {};
  (void)!read(file, text, sizeof text - 1);
  close(file);
  return std::atol(text);
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  static const auto really = real<ssize_t (*)(int, const void*, size_t)>("write");
  return perform(Operation::write, place_of(file), [&] { return really(file, bytes, count); });
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
  static const auto really = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return perform(Operation::write, place_of(file), [&] { return really(file, bytes, count, at); });
}

ssize_t writev(int file, const struct iovec* parts, int count) {
  static const auto really = real<ssize_t (*)(int, const struct iovec*, int)>("writev");
  return perform(Operation::write, place_of(file), [&] { return really(file, parts, count); });
}

int ftruncate(int file, off_t length) noexcept {
  static const auto really = real<int (*)(int, off_t)>("ftruncate");
  return perform(Operation::write, place_of(file), [&] { return really(file, length); });
}

// Tells its error by its answer, not by errno.
int posix_fallocate(int file, off_t at, off_t length) {
  static const auto really = real<int (*)(int, off_t, off_t)>("posix_fallocate");
  const int result = perform(Operation::write, place_of(file), [&] { return really(file, at, length); });
  return result == -1 ? errno : result;
}

int rename(const char* from, const char* to) noexcept {
  static const auto really = real<int (*)(const char*, const char*)>("rename");
  operation_path = to;
  return perform(Operation::write, place_of(std::string_view(to)), [&] { return really(from, to); });
}

int unlink(const char* path) noexcept {
  static const auto really = real<int (*)(const char*)>("unlink");
  const bool inside = place_of(std::string_view(path)) != Place::elsewhere;
  return perform(Operation::write, inside ? Place::passing : Place::elsewhere, [&] { return really(path); });
}

int fsync(int file) {
  static const auto really = real<int (*)(int)>("fsync");
  return perform(Operation::sync, place_of(file), [&] { return really(file); });
}

int fdatasync(int file) {
  static const auto really = real<int (*)(int)>("fdatasync");
  return perform(Operation::sync, place_of(file), [&] { return really(file); });
}

int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  static const auto really = real<int (*)(clockid_t, struct timespec*)>("clock_gettime");
  const int result = really(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) {
    const long long ns = time->tv_sec * 1'000'000'000LL + time->tv_nsec + clock_offset_ms() * 1'000'000LL;
    time->tv_sec = ns / 1'000'000'000;
    time->tv_nsec = ns % 1'000'000'000;
  }
  return result;
}

}  // extern "C"
