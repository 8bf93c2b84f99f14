// Rules of what is done with tax invoices: who supplies, which rates hold, issue afterwards, transmission.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_ledger.h"
#include "billing/rules_tax.h"
#include "core/commands.h"
#include "core/context.h"
#include "core/result.h"

namespace songsang::billing {

inline const Reason kBusinessPlaceMustBeNamed{"BUSINESS_PLACE_MUST_BE_NAMED", Code::kInvalidArgument,
                                              "A place of business needs a name and a registration number.",
                                              "사업장에는 상호와 사업자등록번호가 필요합니다."};
inline const Reason kInvoiceMustBeWithoutTaxInvoice{"INVOICE_MUST_BE_WITHOUT_TAX_INVOICE", Code::kFailedPrecondition,
                                                    "The invoice has its tax invoice: {number}.",
                                                    "이미 세금계산서 {number}이(가) 발행된 청구입니다."};
inline const Reason kInvoiceMustTakeTaxInvoice{
    "INVOICE_MUST_TAKE_TAX_INVOICE", Code::kFailedPrecondition,
    "Tax invoices are issued in won, to businesses with a registration number.",
    "세금계산서는 사업자등록번호가 있는 사업자에게 원화로만 발행합니다."};
inline const Reason kTransmissionMustBeDue{"TRANSMISSION_MUST_BE_DUE", Code::kFailedPrecondition,
                                           "Only what is due is handed to the authority.",
                                           "전송 대기 중인 세금계산서만 전송할 수 있습니다."};
inline const Reason kTransmissionMustBeUnderWay{"TRANSMISSION_MUST_BE_UNDER_WAY", Code::kFailedPrecondition,
                                                "Nothing was handed to the authority that it could have answered.",
                                                "전송 중인 세금계산서가 아니어서 결과를 기록할 수 없습니다."};
inline const Reason kTransmissionMustBeOpen{"TRANSMISSION_MUST_BE_OPEN", Code::kFailedPrecondition,
                                            "The authority has it, or it was never to be handed over.",
                                            "이미 전송이 끝났거나 전송 대상이 아닌 세금계산서입니다."};

Result<BusinessPlaceSaved> SaveBusinessPlace(const BusinessPlace* place, const SaveBusinessPlaceRequest& request,
                                             const Context& context);
// `set` are those of the country.
Result<TaxRatesSaved> SaveTaxRates(const std::vector<const TaxRates*>& set, const SaveTaxRatesRequest& request,
                                   const Context& context);

// `invoices` are the tax invoices of the invoice, `numbers` the series of tax invoices of the year.
struct TaxIssueFacts {
  const Invoice& invoice;
  std::vector<const InvoiceLine*> lines;
  const BusinessPlace& place;
  const accounts::v1::Account* buyer = nullptr;
  std::vector<const TaxInvoice*> issued;
  const Sequence* numbers = nullptr;
  kit::DeclaredDays holidays;  // public ones that the tenant declared
};
Result<TaxInvoiceIssued> IssueTaxInvoice(const TaxIssueFacts& facts, const IssueTaxInvoiceRequest& request,
                                         const Context& context);

Result<TransmissionStarted> StartTransmission(const TaxInvoice& invoice, const StartTransmissionRequest& request,
                                              const Context& context);
Result<TransmissionSettled> SettleTransmission(const TaxInvoice& invoice, const SettleTransmissionRequest& request,
                                               const Context& context);
Result<AuthorityAskedAgain> AskAuthorityAgain(const TaxInvoice& invoice, const AskAuthorityAgainRequest& request,
                                              const Context& context);

// The effect's three: what is handed over, and the commands around it.
std::string TransmittedXmlOf(const TaxInvoice& invoice);
StartTransmissionRequest StartTransmissionOf(const TaxInvoice& invoice);
SettleTransmissionRequest SettleTransmissionOf(const TaxInvoice& invoice, const PortAnswer& answer);

}  // namespace songsang::billing
