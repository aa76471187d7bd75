// The standing of certificates and batches: the methods that change it. A part of the certificate module.
//
// Thread: one. Errors: certificate::Code.
#pragma once

#include "contracts/certificate.h"

namespace kanhe::contracts::certificate {

void suspend(Context& context, const SuspendArguments& arguments);
void resume(Context& context, const ResumeArguments& arguments);
void revoke(Context& context, const RevokeArguments& arguments);
void transfer_out(Context& context, const TransferOutArguments& arguments);
void cancel_transfer(Context& context, const CancelTransferArguments& arguments);
void suspend_batch(Context& context, const SuspendBatchArguments& arguments);
void resume_batch(Context& context, const ResumeBatchArguments& arguments);
void revoke_batch(Context& context, const RevokeBatchArguments& arguments);

// Writes a certificate's or member's own standing. Requires: `holding` comes from find_holding() on this state.
void store_standing(Overlay& state, const Holding& holding, const StandingRecord& standing);

}  // namespace kanhe::contracts::certificate
