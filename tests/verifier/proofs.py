"""The proofs of docs/formats.md, section 18: what a reader needs to believe an answer of a node that it does not trust.

Like verify.py, on which it builds, from the document alone. Trust starts with the genesis; everything else is proved.
"""

import verify
from verify import (COUNTER, EPOCH_CONFIG, EVENT, EVENT_POSITION, HASH, HEADER, PROPOSAL,
                    PROPOSAL_HEADER, RECEIPT, SEAL, STATE_PROOF, U32, ZERO, Blob, List, Optional, Record, check_config,
                    check_inclusion, check_seal, check_state_proof, config_hash, demand, encode, header_hash, log_leaf,
                    tagged)

LOG_PATH = List(HASH, 49)
SEALED_HEADER = Record(header=HEADER, seal=SEAL, history=LOG_PATH)
EPOCH_CHANGE = Record(last=SEALED_HEADER, next=EPOCH_CONFIG)
EPOCH_CHANGES = List(EPOCH_CHANGE, 4096)
PROVEN_BLOCK = Record(sealed=SEALED_HEADER, proposal=PROPOSAL_HEADER)
RECORDED = Record(block=PROVEN_BLOCK, index=U32, body_hash=HASH, transaction_path=LOG_PATH, receipt=RECEIPT,
                  receipt_path=LOG_PATH)
STATE_FACT = Record(key=Blob(1024), value=Optional(Blob(1 << 20)), proof=STATE_PROOF)
STATE_FACTS = List(STATE_FACT, 256)
TRACED_EVENT = Record(position=EVENT_POSITION, time_ms=COUNTER, event=EVENT)
HEAD = Record(newest=SEALED_HEADER, epochs=EPOCH_CHANGES)


class Foreign(verify.Refused):
    """Not wrong, but of another network or of an epoch that was not proved: nothing can be said of it."""


def demand_known(condition, reason):
    if not condition:
        raise Foreign(reason)


class Trust:
    """The configurations that follow from the genesis, and the last height of every epoch but the newest known one."""

    def __init__(self, network):
        self.network, self.configs, self.last_heights = network, [network.first_config], []

    def add(self, change):
        last, following = change["last"], change["next"]
        epoch = last["header"]["epoch"]
        demand_known(epoch < len(self.configs), "the end of an epoch that was not proved")
        self.check_sealed(last)
        header, checkpoint = last["header"], last["seal"]["checkpoint"]
        demand(checkpoint["height"] == header["height"] and checkpoint["epoch"] == epoch,
               "the last block of an epoch is not sealed by its own")
        demand(header["validators_hash"] == config_hash(self.configs[epoch]), "the end of another epoch")
        demand(header["next_validators_hash"] == config_hash(following), "the block hands over to another epoch")
        demand(following["epoch"] == epoch + 1, "the next epoch's number does not follow")
        demand(following["chain_id"] == self.network.chain_id, "the next epoch is of another network")
        check_config(following)
        if epoch + 1 < len(self.configs):
            demand(self.configs[epoch + 1] == following and self.last_heights[epoch] == header["height"],
                   "two successors of one epoch")
            return
        self.configs.append(following)
        self.last_heights.append(header["height"])

    def check_sealed(self, sealed):
        header, seal = sealed["header"], sealed["seal"]
        checkpoint = seal["checkpoint"]
        demand_known(header["chain_id"] == self.network.chain_id, "a header of another network")
        demand_known(checkpoint["epoch"] < len(self.configs), "a seal of an epoch that was not proved")
        check_seal(self.network, self.configs[checkpoint["epoch"]], seal)
        if checkpoint["epoch"] < len(self.last_heights):
            demand(checkpoint["height"] <= self.last_heights[checkpoint["epoch"]], "a seal above its epoch's end")
        demand(header["epoch"] <= checkpoint["epoch"], "a header of a later epoch than its seal")
        if header["epoch"] < len(self.configs):
            demand(header["validators_hash"] == config_hash(self.configs[header["epoch"]]),
                   "the header names other validators than its epoch has")
        demand(header["height"] <= checkpoint["height"], "a header above its seal")
        own_hash = header_hash(header)
        if header["height"] == checkpoint["height"]:
            demand(checkpoint["header_hash"] == own_hash and checkpoint["epoch"] == header["epoch"] and
                   checkpoint["proposal_digest"] == header["proposal_digest"], "the seal is of another block")
        check_inclusion(log_leaf(own_hash), header["height"], checkpoint["height"] + 1, sealed["history"],
                        checkpoint["log_root"])

    def check_block(self, block):
        header, proposal = block["sealed"]["header"], block["proposal"]
        self.check_sealed(block["sealed"])
        check_proposal_header(header, proposal)

    def check_recorded(self, recorded):
        self.check_block(recorded["block"])
        header, count = recorded["block"]["sealed"]["header"], recorded["block"]["proposal"]["count"]
        index, receipt = recorded["index"], recorded["receipt"]
        demand(receipt["transaction_id"] != ZERO, "a system receipt is no transaction's")
        check_inclusion(log_leaf(recorded["body_hash"]), index, count, recorded["transaction_path"],
                        header["transaction_root"])
        check_inclusion(log_leaf(encode(RECEIPT, receipt)), index + 1, count + 1, recorded["receipt_path"],
                        header["receipt_root"])


def check_proposal_header(header, proposal):
    demand(header["height"] > 0, "height 0 has no proposal")
    demand(tagged("proposal", encode(PROPOSAL_HEADER, proposal)) == header["proposal_digest"], "another proposal")
    for field in ("chain_id", "epoch", "height", "timestamp_ms"):
        demand(proposal[field] == header[field], f"header and proposal differ in {field}")
    demand(proposal["body_root"] == header["transaction_root"], "the proposal's list is not the header's")


def check_fact(fact, state_root):
    value = fact["value"]
    check_state_proof(tagged("state-key", fact["key"]), None if value is None else tagged("state-value", value),
                      fact["proof"], state_root)


def check_list(proposal):
    """Whether the body hashes are those that the proposal's header names."""
    demand(proposal["header"]["count"] == len(proposal["bodies"]), "the list has another count")
    demand(verify.Log(proposal["bodies"]).root() == proposal["header"]["body_root"], "the list has another root")


__all__ = ["EPOCH_CHANGES", "Foreign", "HEAD", "PROPOSAL", "PROVEN_BLOCK", "RECORDED", "SEALED_HEADER", "STATE_FACT",
           "STATE_FACTS", "TRACED_EVENT", "Trust", "check_fact", "check_list"]
