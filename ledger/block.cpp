#include "ledger/block.h"

#include "ledger/codec_impl.h"
#include "ledger/merkle.h"

namespace kanhe {

template Bytes encode(const ProposalHeader&);
template Result<ProposalHeader> decode(ByteView);
template Bytes encode(const Proposal&);
template Result<Proposal> decode(ByteView);
template Bytes encode(const Header&);
template Result<Header> decode(ByteView);

ProposalDigest digest_of(const ProposalHeader& header) {
  return ProposalDigest(tagged_hash(Tag::proposal, encode(header)));
}

LogRoot body_root_of(const BodyList& bodies) {
  LogFrontier frontier;
  for (const BodyHash& body : bodies) frontier.append(log_leaf_hash(body));
  return frontier.root();
}

Result<void> check_body_list(const Proposal& proposal) {
  if (proposal.bodies.size() != proposal.header.count.value()) {
    return fail(ErrorCode::bad_proof, "proposal: ", proposal.bodies.size(), " body hashes, its header counts ",
                proposal.header.count.value());
  }
  if (body_root_of(proposal.bodies) != proposal.header.body_root) {
    return fail(ErrorCode::bad_proof, "proposal: the body hashes do not lead to its body_root");
  }
  return {};
}

HeaderHash hash_of(const Header& header) { return HeaderHash(tagged_hash(Tag::header, encode(header))); }

}  // namespace kanhe
