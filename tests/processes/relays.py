"""Relays between the nodes of a network: each connection runs through one, and each direction of each pair can be held
up, slowed or delayed alone. TCP loses nothing, so what is held up arrives later or, when the connection ends, never.
"""
import collections
import pathlib
import selectors
import socket
import threading
import time

from network import DEPARTMENTS, free_base_port

CHUNK = 65536
HELD_MAX = 1 << 20  # bytes of one direction in the relay; then it reads no more


class Direction:
    """Bytes from one end to the other."""

    def __init__(self, source, target, names):
        self.source, self.target, self.names = source, target, names
        self.chunks = collections.deque()  # (when it may go on, bytes)
        self.held = 0
        self.next_send = 0.0
        self.is_read = True
        self.ended = False


class Relays(threading.Thread):
    """Every node dials every other through a relay here, and learns of no other way. Set before the nodes start."""

    def __init__(self, network):
        super().__init__(daemon=True)
        self.cut = set()     # (from, to): nothing goes on
        self.delays = {}     # (from, to): seconds
        self.rates = {}      # (from, to): bytes a second
        self.selector = selectors.DefaultSelector()
        self.listeners = {}
        self.directions = []
        self.lock = threading.Lock()
        self.ends = False
        base = free_base_port(len(DEPARTMENTS) * (len(DEPARTMENTS) - 1), 12000, 19000)
        ports = iter(range(base, base + len(DEPARTMENTS) * (len(DEPARTMENTS) - 1)))
        for dialer in DEPARTMENTS:
            config = pathlib.Path(network.directory, dialer, "config.toml")
            text = config.read_text(encoding="utf-8")
            for listener in DEPARTMENTS:
                if listener == dialer:
                    continue
                port, real = next(ports), network.base_port + DEPARTMENTS.index(listener)
                text = text.replace(f'{listener} = "127.0.0.1:{real}"', f'{listener} = "127.0.0.1:{port}"')
                self.listen(port, dialer, listener, real)
            config.write_text(text, encoding="utf-8")

    def listen(self, port, dialer, listener, real):
        opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(("127.0.0.1", port))
        opened.listen(64)
        opened.setblocking(False)
        self.selector.register(opened, selectors.EVENT_READ, ("listener", dialer, listener, real))

    # What a test does

    def cut_off(self, pairs):
        with self.lock:
            self.cut = set(pairs)

    def slow(self, pairs, delay_s=0.0, bytes_per_s=None):
        with self.lock:
            self.delays = {pair: delay_s for pair in pairs}
            self.rates = {pair: bytes_per_s for pair in pairs if bytes_per_s}

    def heal(self):
        with self.lock:
            self.cut, self.delays, self.rates = set(), {}, {}

    def stop(self):
        self.ends = True
        self.join()

    # The thread

    def run(self):
        while not self.ends:
            for key, _ in self.selector.select(timeout=0.005):
                if key.data[0] == "listener":
                    self.accept(key.fileobj, *key.data[1:])
                else:
                    self.read(key.data[1])
            now = time.monotonic()
            for direction in list(self.directions):
                self.pass_on(direction, now)

    def accept(self, listener, dialer, department, real):
        try:
            near, _ = listener.accept()
            far = socket.create_connection(("127.0.0.1", real), timeout=1)
        except OSError:
            # Nobody listens behind it: the dialer sees a connection that ends.
            near.close()
            return
        for end in (near, far):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        there, back = Direction(near, far, (dialer, department)), Direction(far, near, (department, dialer))
        for direction in (there, back):
            self.selector.register(direction.source, selectors.EVENT_READ, ("data", direction))
            self.directions.append(direction)

    def read(self, direction):
        try:
            data = direction.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            return self.end(direction)
        with self.lock:
            delay = self.delays.get(direction.names, 0.0)
        direction.chunks.append((time.monotonic() + delay, data))
        direction.held += len(data)
        if direction.held > HELD_MAX:
            self.selector.unregister(direction.source)
            direction.is_read = False

    def pass_on(self, direction, now):
        while direction.chunks and not direction.ended:
            with self.lock:
                if direction.names in self.cut:
                    return
                rate = self.rates.get(direction.names)
            when, data = direction.chunks[0]
            if when > now or direction.next_send > now:
                return
            try:
                sent = direction.target.send(data[:2048] if rate else data)
            except BlockingIOError:
                return
            except OSError:
                return self.end(direction)
            if rate:
                direction.next_send = max(direction.next_send, now - 0.05) + sent / rate
            direction.held -= sent
            direction.chunks.popleft()
            if sent < len(data):
                direction.chunks.appendleft((when, data[sent:]))
            if not direction.is_read and direction.held < HELD_MAX // 2:
                self.selector.register(direction.source, selectors.EVENT_READ, ("data", direction))
                direction.is_read = True

    def end(self, direction):
        """With its twin: a connection ends in both directions."""
        ends = {direction.source, direction.target}
        for other in list(self.directions):
            if other.source in ends:
                other.ended = True
                self.directions.remove(other)
                if other.is_read:
                    self.selector.unregister(other.source)
        for socket_ in ends:
            socket_.close()
