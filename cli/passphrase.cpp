// Where passphrases come from: the terminal without echo, a file of its owner alone, or an open descriptor.
#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "cli/key_file.h"

namespace kanhe::cli {
namespace {

// The terminal as it was: restored at the end, and before the process dies of an interrupt.
int muted_terminal = -1;
termios terminal_before{};

extern "C" void restore_and_die(int number) {
  ::tcsetattr(muted_terminal, TCSAFLUSH, &terminal_before);
  ::_exit(128 + number);
}

class MutedTerminal {
 public:
  explicit MutedTerminal(int terminal) {
    if (::tcgetattr(terminal, &terminal_before) != 0) return;
    muted_terminal = terminal;
    struct sigaction action {};
    action.sa_handler = restore_and_die;
    ::sigaction(SIGINT, &action, &interrupt_before_);
    ::sigaction(SIGTERM, &action, &end_before_);
    termios muted = terminal_before;
    muted.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    muted.c_lflag |= ECHONL;
    good_ = ::tcsetattr(terminal, TCSAFLUSH, &muted) == 0;
  }
  ~MutedTerminal() {
    if (muted_terminal < 0) return;
    ::tcsetattr(muted_terminal, TCSAFLUSH, &terminal_before);
    ::sigaction(SIGINT, &interrupt_before_, nullptr);
    ::sigaction(SIGTERM, &end_before_, nullptr);
    muted_terminal = -1;
  }
  MutedTerminal(const MutedTerminal&) = delete;
  MutedTerminal& operator=(const MutedTerminal&) = delete;
  bool is_good() const { return good_; }

 private:
  bool good_ = false;
  struct sigaction interrupt_before_ {};
  struct sigaction end_before_ {};
};

class Terminal {
 public:
  Terminal() : number_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
  ~Terminal() {
    if (number_ >= 0) ::close(number_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// Up to the end of the line. One byte at a time, so that a descriptor keeps what follows. The room is reserved first:
// a text that grows leaves copies behind.
Result<Passphrase> read_line(int file) {
  std::string line;
  line.reserve(passphrase_bytes_max + 1);
  for (;;) {
    char c = 0;
    const ssize_t count = ::read(file, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || c == '\n' || line.size() > passphrase_bytes_max) break;
    line.push_back(c);
  }
  return Passphrase::from(std::move(line));
}

Result<Passphrase> ask(int terminal, std::string_view prompt) {
  const MutedTerminal muted(terminal);
  if (!muted.is_good()) return fail(ErrorCode::not_authorised, "the terminal cannot hide what is typed");
  const std::string text = std::string(prompt) + ": ";
  if (::write(terminal, text.data(), text.size()) < 0) return fail(ErrorCode::not_authorised, "the terminal is gone");
  return read_line(terminal);
}

}  // namespace

Result<Passphrase> read_passphrase(const PassphraseSource& source, std::string_view prompt, Confirmation confirmation) {
  if (source.descriptor) return read_line(*source.descriptor);
  if (!source.file.empty()) {
    std::string text = TRY(read_secret_file(source.file));
    std::string line;
    line.reserve(passphrase_bytes_max + 1);  // on the heap, so that a move leaves no copy behind
    line.append(text, 0, text.find('\n'));
    OPENSSL_cleanse(text.data(), text.size());
    return Passphrase::from(std::move(line));
  }
  const Terminal terminal;
  if (terminal.number() < 0) {
    return fail(ErrorCode::not_authorised,
                "a passphrase is needed, and there is no terminal to ask: give --passphrase-file or --passphrase-fd");
  }
  Passphrase passphrase = TRY(ask(terminal.number(), prompt));
  if (confirmation == Confirmation::once) return passphrase;
  const Passphrase again = TRY(ask(terminal.number(), "再次输入 · The same again"));
  if (!(again == passphrase)) return fail(ErrorCode::malformed, "the two passphrases differ");
  return passphrase;
}

}  // namespace kanhe::cli
