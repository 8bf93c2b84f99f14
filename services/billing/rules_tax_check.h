// The check of tax invoices (세금계산서 점검): everything that is wrong with one, all of it at once. Source: korea.md
// sections 1 to 5.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_tax.h"
#include "core/result.h"

namespace songsang::billing {

inline const Reason kNothingToCheck{"NOTHING_TO_CHECK", Code::kInvalidArgument,
                                    "Name a tax invoice, or give a document.",
                                    "점검할 세금계산서나 문서를 지정하세요."};
inline const Reason kTaxIssuesMustBeNarrowed{"TAX_ISSUES_MUST_BE_NARROWED", Code::kInvalidArgument,
                                             "The month has more than {most} documents; name a unit.",
                                             "해당 월의 문서가 {most}건을 넘습니다. 조직을 지정하세요."};

// A stored tax invoice as a document.
TaxDocument DocumentOf(const TaxInvoice& invoice, const std::vector<TaxInvoiceLine>& lines,
                       const std::string& original_approval_no);

// As of the end of a day: what is not issued or transmitted by then, and should have been, is wrong too.
CheckTaxInvoiceResponse CheckTaxDocument(const TaxDocument& document, const TaxRates& rates, const std::string& as_of,
                                         const kit::DeclaredDays& holidays = {});

// The penalty (가산세) on a supply value for a document that was written on one day, had to be issued by another, and
// was issued on a third, empty if not by `as_of`: for late issue, or for none until the final return of its tax period
// is due. 0 where nothing is late. Transmission alike.
int64_t IssuePenalty(int64_t supply, const std::string& written_on, const std::string& issued_on,
                     const std::string& as_of, const TaxRates& rates, const kit::DeclaredDays& holidays = {});
int64_t TransmissionPenalty(int64_t supply, const std::string& written_on, const std::string& issued_on,
                            const std::string& transmitted_on, const std::string& as_of, const TaxRates& rates,
                            const kit::DeclaredDays& holidays = {});

// The day the final return of the tax period of a day is due: 25 July, 25 January, or the next business day.
std::string FinalReturnOn(const std::string& written_on, const kit::DeclaredDays& holidays = {});

}  // namespace songsang::billing
