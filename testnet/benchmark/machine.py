"""What the figures were measured on."""
import os
import pathlib
import platform
import subprocess

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


def describe(directory, versions):
    """`versions` are those of the peers that take part."""
    memory_kib = int(first_value("/proc/meminfo", "MemTotal").split()[0])
    return {"processor": first_value("/proc/cpuinfo", "model name"), "processors": os.cpu_count(),
            "memory_mib": memory_kib // 1024, "kernel": platform.release(),
            "system": first_value("/etc/os-release", "PRETTY_NAME"), "file_system": file_system_of(directory),
            "directory": str(directory),
            "versions": {"kanhe": words_of("git", "describe", "--always", "--dirty"),
                         "compiler": words_of("c++", "--version").splitlines()[0], **versions}}
