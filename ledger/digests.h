// Digests: every kind of 32-byte hash that Kanhe speaks of, as a type of its own.
//
// A value of one kind never passes for another: what follows which tag stands in ledger/hash.h, byte by byte in
// docs/formats.md.
//
// Thread: any; plain values.
#pragma once

#include "ledger/bytes.h"

namespace kanhe {

template <class Kind>
struct DigestTag : Kind {
  static constexpr std::size_t size = 32;
};

struct ChainIdKind {
  static constexpr Label label{"ChainId", "链标识", "chain id: hash of the genesis"};
};
struct TransactionIdKind {
  static constexpr Label label{"TransactionId", "交易标识", "transaction id: hash without the signature"};
};
struct BodyHashKind {
  static constexpr Label label{"BodyHash", "交易全文哈希", "hash of a transaction with its signature"};
};
struct HeaderHashKind {
  static constexpr Label label{"HeaderHash", "区块头哈希", "hash of a block header"};
};
struct ProposalDigestKind {
  static constexpr Label label{"ProposalDigest", "提案摘要", "digest of a proposal header"};
};
struct EpochHashKind {
  static constexpr Label label{"EpochHash", "纪元配置哈希", "hash of an epoch's validators and parameters"};
};
struct LogRootKind {
  static constexpr Label label{"LogRoot", "日志树根", "root of an RFC 6962 tree"};
};
struct StateRootKind {
  static constexpr Label label{"StateRoot", "状态树根", "root of the state tree"};
};
struct StatePositionKind {
  static constexpr Label label{"StatePosition", "状态位置", "position of a record in the state tree"};
};
struct StateValueHashKind {
  static constexpr Label label{"StateValueHash", "状态值哈希", "hash of a record in the state"};
};
struct TraceHeadKind {
  static constexpr Label label{"TraceHead", "追溯链头", "head of a subject's chain of events"};
};
struct TransportKeyKind {
  static constexpr Label label{"TransportKey", "传输公钥哈希", "SHA-256 of an Ed25519 SubjectPublicKeyInfo"};
};

using ChainId = FixedBytes<DigestTag<ChainIdKind>>;
using TransactionId = FixedBytes<DigestTag<TransactionIdKind>>;
using BodyHash = FixedBytes<DigestTag<BodyHashKind>>;
using HeaderHash = FixedBytes<DigestTag<HeaderHashKind>>;
using ProposalDigest = FixedBytes<DigestTag<ProposalDigestKind>>;
using EpochHash = FixedBytes<DigestTag<EpochHashKind>>;
using LogRoot = FixedBytes<DigestTag<LogRootKind>>;
using StateRoot = FixedBytes<DigestTag<StateRootKind>>;
using StatePosition = FixedBytes<DigestTag<StatePositionKind>>;
using StateValueHash = FixedBytes<DigestTag<StateValueHashKind>>;
using TraceHead = FixedBytes<DigestTag<TraceHeadKind>>;
using TransportKey = FixedBytes<DigestTag<TransportKeyKind>>;

}  // namespace kanhe
