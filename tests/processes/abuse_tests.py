#!/usr/bin/env python3
"""Whoever likes does what he likes at the ports of a node; the network goes on, and nothing stays behind.

    abuse_tests.py BUILD [--times N]

Under load, against one validator of four, from other addresses of this machine:
  - its port for peers: thousands of connections that say nothing; noise, HTTP and SSH; connections that come and go
  - its endpoint: thousands of idle connections, half of them without TLS; requests that are no HTTP or two requests in
    one; paths that lead elsewhere; a client that reads nothing; a hundred expensive questions at once
  - transactions with wrong signatures, repeated ones, and bytes that are none, as fast as they are answered
Meanwhile another client is answered within 3 s. Afterwards the node is the same process, has no more descriptors than
before, little more memory, and no alarm was raised. --times repeats all of it.
"""
import argparse
import concurrent.futures
import json
import os
import re
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from faults import faulty_network, under_load
from network import Endpoint, Failure, run_with, wait_until

GROWTH_MAX_MB = 256
ANSWER_MAX_S = 3.0
REFUSED = {400, 404, 405, 408, 411, 413, 414, 415, 431, 501, 505}


def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def connect(address, source="127.0.0.9", timeout_s=5):
    return socket.create_connection(address, timeout=timeout_s, source_address=(source, 0))


def descriptors(node):
    return len(os.listdir(f"/proc/{node.process.pid}/fd"))


def resident_mb(node):
    with open(f"/proc/{node.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


class Honest:
    """Asks the node all the time; remembers the longest wait."""

    def __init__(self, endpoint):
        self.endpoint, self.longest, self.asked, self.ended = Endpoint(endpoint.host, endpoint.port), 0.0, 0, False
        self.pool = concurrent.futures.ThreadPoolExecutor(1)
        self.run = self.pool.submit(self.ask)

    def ask(self):
        while not self.ended:
            began = time.monotonic()
            status, text = self.endpoint.ask("/v1/head")
            if status != 200:
                raise Failure(f"an honest client was answered {status}: {text[:200]}")
            self.longest = max(self.longest, time.monotonic() - began)
            self.asked += 1
            time.sleep(0.02)

    def end(self):
        self.ended = True
        self.run.result()
        self.endpoint.close()


def silent_connections(address, count):
    """As many at once as are let in."""
    held = []
    for number in range(count):
        try:
            held.append(connect(address, f"127.0.1.{1 + number % 250}", timeout_s=1))
        except OSError:
            break
    return held


def coming_and_going(address, count):
    for number in range(count):
        try:
            connection = connect(address, f"127.0.2.{1 + number % 250}", timeout_s=1)
            if number % 3 == 0:
                connection.send(b"\x16\x03\x01")
            connection.close()
        except OSError:
            pass


def noise(address):
    for text in (secrets.token_bytes(5000), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 100,
                 b"\x16\x03\x01\xff\xff" + b"\x01" * 200):
        with connect(address) as connection:
            try:
                connection.sendall(text)
                while connection.recv(4096):
                    pass
            except OSError:
                pass


# ----------------------------------------------------------------------------------------------------------------------

def raw(address, request, timeout_s=10):
    """What comes back until the connection ends, or nothing more comes."""
    with context().wrap_socket(connect(address, "127.0.0.10", timeout_s)) as connection:
        answer = b""
        try:
            connection.sendall(request)
            connection.settimeout(2)
            while True:
                data = connection.recv(65536)
                if not data:
                    break
                answer += data
        except OSError:
            pass
        return answer


HEAD = b"Host: kanhe\r\n"
BODY = b"hello"
SMUGGLED = b"GET /v1/genesis HTTP/1.1\r\nHost: kanhe\r\n\r\n"
POST = b"POST /v1/transactions HTTP/1.1\r\n" + HEAD + b"Content-Type: application/octet-stream\r\n"
GET = b"GET /v1/head HTTP/1.1\r\n" + HEAD
BAD_REQUESTS = {
    "two framings": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + BODY + SMUGGLED,
    "a length with a sign": POST + b"Content-Length: +5\r\n\r\n" + BODY,
    "a negative length": POST + b"Content-Length: -5\r\n\r\n" + BODY,
    "a hexadecimal length": POST + b"Content-Length: 0x5\r\n\r\n" + BODY,
    "a length and more": POST + b"Content-Length: 5 5\r\n\r\n" + BODY,
    "a huge length": POST + b"Content-Length: 99999999999999999999999\r\n\r\n" + BODY,
    "a huge chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n" + BODY,
    "an odd encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + SMUGGLED,
    "a space before the colon": GET + b"Accept : text/html\r\n\r\n",
    "a NUL in a header": GET + b"Accept: a\x00b\r\n\r\n",
    "no colon": GET + b"Accept\r\n\r\n",
    "no version": b"GET /v1/head\r\n" + HEAD + b"\r\n",
    "another version": b"GET /v1/head HTTP/3.7\r\n" + HEAD + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method that is none": b"BREW /v1/head HTTP/1.1\r\n" + HEAD + b"\r\n",
    "TRACE": b"TRACE /v1/head HTTP/1.1\r\n" + HEAD + b"\r\n",
    "CONNECT": b"CONNECT example.org:443 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "PUT": b"PUT /v1/head HTTP/1.1\r\n" + HEAD + b"Content-Length: 0\r\n\r\n",
    "a long target": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a long header": GET + b"Accept: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "many headers": GET + b"".join(b"A%d: b\r\n" % i for i in range(100_000)) + b"\r\n",
    "another directory": b"GET /../../etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n",
    "another directory, written otherwise": b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a NUL in the path": b"GET /v1/head%00 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "no path": b"GET * HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a height that is none": b"GET /v1/blocks/18446744073709551616 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a count out of bounds": b"GET /v1/headers?from=0&count=1000000000 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a parameter twice": b"GET /v1/headers?from=0&from=1&count=1 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "JSON that never ends": (b"POST /v1/transactions HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
                             b"Content-Length: 100000\r\n\r\n" + b"[" * 100_000),
    "JSON that is null": (b"POST /v1/transactions HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
                          b"Content-Length: 4\r\n\r\nnull"),
}


def statuses_of(answer):
    """Of each response in it."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def bad_requests(address):
    for what, request in BAD_REQUESTS.items():
        answer = raw(address, request)
        statuses = statuses_of(answer)
        if len(statuses) > 1 or (statuses and statuses[0] not in REFUSED):
            raise Failure(f"{what}: answered {statuses}\n{answer[:500]}")
        if not statuses and what not in ("HTTP/2", "no version"):
            raise Failure(f"{what}: no answer")
        if b"root:" in answer or b".cpp" in answer:
            raise Failure(f"{what}: the answer tells what it must not: {answer[:500]}")
    return len(BAD_REQUESTS)


def dawdlers(address, count):
    """Idle connections, half of them in TLS; one that asks for much and reads nothing."""
    held = []
    for number in range(count):
        try:
            held.append(connect(address, f"127.0.3.{1 + number % 250}", timeout_s=1))
            if number % 2:
                held[-1] = context().wrap_socket(held[-1])
        except OSError:
            break
    try:
        reader = context().wrap_socket(connect(address, "127.0.0.11"))
        reader.sendall((b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n") * 200)
        held.append(reader)
    except OSError:
        pass
    return held


def expensive_questions(endpoint):
    def ask(_):
        one = Endpoint(endpoint.host, endpoint.port)
        status, _ = one.ask("/v1/headers?from=0&count=100", timeout_s=30)
        one.close()
        return status

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        statuses = set(pool.map(ask, range(200)))
    if not statuses <= {200, 429, 503, 0}:
        raise Failure(f"expensive questions were answered {statuses}")


def floods(build, network):
    texts = []
    for kind in ("wrong-signature", "repeated", "garbage"):
        done = subprocess.run([os.path.join(build, "flood"), network.directory, "--kind", kind, "--seconds", "5",
                               "--clients", "64"], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Failure(f"flood: {done.stderr}")
        report = json.loads(done.stdout)
        answers = {int(entry["status"]): int(entry["count"]) for entry in report["answers"]}
        # A good one that is repeated is taken once, by a network that does not know its sender.
        if not set(answers) <= {0, 200, 202, 400, 409, 429, 503} or (kind != "repeated" and set(answers) & {200, 202}):
            raise Failure(f"{kind}: {answers}")
        texts.append(f"{kind} {report['per_second']}/s {answers}")
    print(f"floods: {'; '.join(texts)}", flush=True)


def one_round(network, build, load):
    node = network.nodes[1]
    peer_port = ("127.0.0.1", network.base_port + 1)
    endpoint = (node.endpoint.host, node.endpoint.port)
    pid, fds, memory = node.process.pid, descriptors(node), resident_mb(node)
    honest = Honest(node.endpoint)
    held = []
    try:
        held = silent_connections(peer_port, 3000)
        noise(peer_port)
        coming_and_going(peer_port, 3000)
        load.wait_for_more(20, "beside abuse of the port for peers")
        print(f"port for peers: {len(held)} silent connections, noise, 3000 that came and went", flush=True)
        dawdling = dawdlers(endpoint, 2000)
        held += dawdling
        coming_and_going(endpoint, 2000)
        refused = bad_requests(endpoint)
        load.wait_for_more(20, "beside abuse of the endpoint")
        print(f"endpoint: {len(dawdling)} idle connections, {refused} bad requests refused", flush=True)
        expensive_questions(node.endpoint)
        floods(build, network)
        load.wait_for_more(20, "after the floods")
    finally:
        for connection in held:
            connection.close()
        honest.end()
    if honest.longest > ANSWER_MAX_S:
        raise Failure(f"an honest client waited for {honest.longest:.2f} s")
    if node.process.pid != pid or not node.is_running():
        raise Failure("the node ended")
    wait_until(lambda: descriptors(node) <= fds + 20, lambda: f"descriptors: {fds} before, {descriptors(node)} now")
    growth = resident_mb(node) - memory
    if growth > GROWTH_MAX_MB:
        raise Failure(f"the node has {growth:.0f} MB more than before")
    for other in network.nodes:
        if other.alarms():
            raise Failure(f"{other.department}: {other.alarms()}")
    print(f"an honest client, asked {honest.asked} times, waited {honest.longest * 1000:.0f} ms at most; memory "
          f"{memory:.0f} → {memory + growth:.0f} MB, descriptors {fds} → {descriptors(node)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--times", type=int, default=1)
    arguments = parser.parse_args()
    build = arguments.build
    with tempfile.TemporaryDirectory(prefix="kanhe-abuse-") as directory:
        network = faulty_network(build, directory)
        parts = [lambda load: one_round(network, build, load)] * arguments.times
        return run_with(network, lambda made: under_load(made, build, parts))


if __name__ == "__main__":
    sys.exit(main())
