"""What the figures were measured on."""
import os
import pathlib
import platform
import resource
import subprocess
import time

from .processes import ROOT


def first_value(path, key):
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        name, _, value = line.replace("=", ":", 1).partition(":")
        if name.strip() == key:
            return value.strip().strip('"')
    return "unknown"


def words_of(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=30)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def file_system_of(directory):
    return words_of("stat", "-f", "-c", "%T", str(directory))


class Others:
    """What part of the processors others had, from when it is made until share(): everything but this process and its
    children that have ended. The kernel's own work is in it."""

    def __init__(self):
        self.began, self.busy, self.own = time.monotonic(), self.busy_s(), self.own_s()

    @staticmethod
    def busy_s():
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _idle, _wait, irq, soft_irq, steal = map(int, file.readline().split()[1:9])
        return (user + nice + system + irq + soft_irq + steal) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def own_s():
        uses = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(use.ru_utime + use.ru_stime for use in uses)

    def share(self):
        available = (time.monotonic() - self.began) * os.cpu_count()
        return max(0.0, self.busy_s() - self.busy - (self.own_s() - self.own)) / max(available, 1e-9)


def describe(directory, versions):
    """`versions` are those of the peers that take part."""
    memory_kib = int(first_value("/proc/meminfo", "MemTotal").split()[0])
    return {"processor": first_value("/proc/cpuinfo", "model name"), "processors": os.cpu_count(),
            "memory_mib": memory_kib // 1024, "kernel": platform.release(),
            "system": first_value("/etc/os-release", "PRETTY_NAME"), "file_system": file_system_of(directory),
            "directory": str(directory),
            "versions": {"kanhe": words_of("git", "describe", "--always", "--dirty"),
                         "compiler": words_of("c++", "--version").splitlines()[0], **versions}}
