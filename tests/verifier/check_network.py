#!/usr/bin/env python3
"""Checks a running network from outside, over HTTPS, trusting nothing but the genesis.

Usage: check_network.py --node https://127.0.0.1:8001 [--node ...] --genesis genesis.json
                        [--receipts N --ids FILE] [--blocks N] [--seed N]

From the genesis to the newest sealed block: every header, chained and in the sealed history; of every block (or of N
random ones, --blocks) the list of its transactions; of N random ids of FILE (a line "id" or "id height", as `load
--ids-out` writes) the receipt with its proofs. With several nodes the shorter chain has to be the beginning of the
longer one. The node's TLS certificate is not checked: what it says is believed for its proofs alone.

It shares no code with the ledger (verify.py, proofs.py). The exit code is 0 only if everything held.
"""

import argparse
import http.client
import json
import pathlib
import random
import ssl
import sys
import time
import urllib.parse

import proofs
import verify
from verify import COUNTER, GENESIS, HASH, HEADER, Enum, List, Optional, Record, Refused, demand

HEADERS_AT_ONCE = 256
HEADERS = Record(headers=List(HEADER, HEADERS_AT_ONCE))
BLOCK = Record(sealed=proofs.SEALED_HEADER, proposal=Optional(proofs.PROPOSAL), epochs=proofs.EPOCH_CHANGES)
TRANSACTION = Record(transaction_id=HASH, state=Enum({1: "received", 2: "recorded", 3: "expired", 4: "unknown"}),
                     recorded=Optional(proofs.RECORDED))


class Node:
    """One endpoint, on one connection that is opened again when the node closed it."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        demand(parts.scheme == "https" and parts.hostname, f"{url} is no https URL")
        self.url, self.requests = url, 0
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.connection = http.client.HTTPSConnection(parts.hostname, parts.port or 443, timeout=60, context=context)

    def get(self, kind, target):
        for attempt in range(5):
            try:
                self.connection.request("GET", target)
                response = self.connection.getresponse()
                body = response.read()
            except (ConnectionError, http.client.HTTPException):
                self.connection.close()
                demand(attempt < 4, f"{self.url}{target}: no answer")
                continue
            self.requests += 1
            if response.status == 503 and attempt < 4:
                time.sleep(min(5, int(response.headers.get("Retry-After", "1"))))
                continue
            demand(response.status in (200, 202), f"{self.url}{target}: status {response.status}: {body[:300]!r}")
            return verify.read_json(kind, body)
        raise Refused(f"{self.url}{target}: busy")


class Chain:
    """The headers of one node, each believed once a seal covers it."""

    def __init__(self, node, network):
        self.node, self.network, self.trust = node, network, proofs.Trust(network)
        self.headers, self.hashes, self.log = [], [], verify.Log()

    def read(self):
        served = self.node.get(GENESIS, "/v1/genesis")
        demand(served == self.network.genesis, "the node serves another genesis")
        head = self.node.get(proofs.HEAD, "/v1/head")
        for change in head["epochs"]:
            self.trust.add(change)
        self.trust.check_sealed(head["newest"])
        self.tip = head["newest"]["header"]["height"]
        while len(self.headers) <= self.tip:
            first = len(self.headers)
            count = min(HEADERS_AT_ONCE, self.tip + 1 - first)
            answer = self.node.get(HEADERS, f"/v1/headers?from={first}&count={count}")["headers"]
            demand(answer, f"no headers from height {first} on")
            for header in answer:
                self.append(header)
        demand(self.headers[self.tip] == head["newest"]["header"], "the list of headers ends with another block")
        checkpoint = head["newest"]["seal"]["checkpoint"]
        demand(checkpoint["height"] == self.tip, "the newest header has no seal of its own")
        demand(checkpoint["log_root"] == self.log.root(), "the sealed history is another than the headers'")

    def append(self, header):
        height, below = len(self.headers), self.headers[-1] if self.headers else None
        demand(header["height"] == height, f"height {height}: the headers have a gap")
        demand(header["chain_id"] == self.network.chain_id, f"height {height}: of another network")
        demand(header["history_root"] == self.log.root(), f"height {height}: another history below it")
        demand(header["epoch"] < len(self.trust.configs), f"height {height}: of an epoch that was not proved")
        config = self.trust.configs[header["epoch"]]
        demand(header["validators_hash"] == verify.config_hash(config), f"height {height}: other validators")
        if below is None:
            demand(header["timestamp_ms"] == self.network.genesis["created_ms"] and header["parent"] == verify.ZERO,
                   "height 0 does not follow from the genesis")
        else:
            demand(header["parent"] == self.hashes[-1], f"height {height}: another parent")
            demand(header["timestamp_ms"] >= below["timestamp_ms"], f"height {height}: older than its parent")
            demand(header["validators_hash"] == below["next_validators_hash"], f"height {height}: not the next epoch")
        self.headers.append(header)
        self.hashes.append(verify.header_hash(header))
        self.log.append(self.hashes[-1])

    def check_block(self, height):
        block = self.node.get(BLOCK, f"/v1/blocks/{height}")
        demand(block["sealed"]["header"] == self.headers[height], f"block {height}: another header")
        self.trust.check_sealed(block["sealed"])
        if height == 0:
            demand(block["proposal"] is None, "height 0 has a proposal")
            return 0
        demand(block["proposal"] is not None, f"block {height}: no proposal")
        proposal = block["proposal"]["header"]
        self.trust.check_block({"sealed": block["sealed"], "proposal": proposal})
        proofs.check_list(block["proposal"])
        below = self.headers[height - 1]["proposal_digest"]
        demand(proposal["parent"] == below, f"block {height}: its proposal does not follow the one below")
        return proposal["count"]

    def check_receipt(self, transaction_id, height):
        answer = self.node.get(TRANSACTION, f"/v1/transactions/{transaction_id.hex()}")
        demand(answer["transaction_id"] == transaction_id, "an answer about another transaction")
        demand(answer["state"] == "recorded" and answer["recorded"] is not None,
               f"transaction {transaction_id.hex()} is {answer['state']}")
        recorded = answer["recorded"]
        self.trust.check_recorded(recorded)
        demand(recorded["receipt"]["transaction_id"] == transaction_id, "the receipt of another transaction")
        header = recorded["block"]["sealed"]["header"]
        demand(header["height"] > self.tip or header == self.headers[header["height"]], "a receipt of another chain")
        demand(height is None or header["height"] == height, "the receipt is in another block than was acknowledged")


def check_nodes(chains):
    longest = max(chains, key=lambda chain: chain.tip)
    for chain in chains:
        demand(chain.hashes == longest.hashes[:chain.tip + 1], f"{chain.node.url} and {longest.node.url} differ")


def read_ids(path):
    ids = {}
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        words = line.split()
        demand(1 <= len(words) <= 2, f"{path}:{number}: not an id, or an id and a height")
        transaction_id = verify.from_hex(words[0])
        demand(len(transaction_id) == 32, f"{path}:{number}: not 32 bytes")
        ids[transaction_id] = COUNTER.check(int(words[1])) if len(words) == 2 else None
    return ids


def run(options):
    choice = random.Random(options.seed)
    network = verify.read_genesis(pathlib.Path(options.genesis).read_bytes())
    chains = [Chain(Node(url), network) for url in options.node]
    for chain in chains:
        chain.read()
        heights = range(chain.tip + 1)
        sample = heights if options.blocks is None else choice.sample(heights, min(options.blocks, len(heights)))
        transactions = sum(chain.check_block(height) for height in sample)
        print(f"{chain.node.url}: height {chain.tip}, {len(chain.headers)} headers, {len(sample)} blocks with "
              f"{transactions} transactions, {len(chain.trust.configs)} epochs", flush=True)
    check_nodes(chains)
    if options.receipts == 0:
        return
    ids = read_ids(options.ids)
    demand(ids, f"{options.ids} names no transaction")
    sample = choice.sample(sorted(ids), min(options.receipts, len(ids)))
    for number, transaction_id in enumerate(sample):
        chains[number % len(chains)].check_receipt(transaction_id, ids[transaction_id])
    print(f"{len(sample)} receipts of {len(ids)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--node", action="append", required=True)
    parser.add_argument("--genesis", required=True)
    parser.add_argument("--receipts", type=int, default=0)
    parser.add_argument("--ids")
    parser.add_argument("--blocks", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.receipts > 0 and options.ids is None:
        parser.error("--receipts needs --ids: no node hands out a list of transactions")
    try:
        run(options)
    except Refused as refused:
        print(f"REFUSED: {refused}", flush=True)
        return 1
    except (OSError, json.JSONDecodeError) as error:
        print(f"REFUSED: {error}", flush=True)
        return 1
    print("everything holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
