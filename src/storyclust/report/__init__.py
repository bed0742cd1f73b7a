"""The report: a result as one page that opens in any browser, with the evidence for every cluster beside it.

In: what a job found. Out: a file of HTML that asks for nothing from anywhere.

The evidence is grouped into families, ranked and compared (`families`), summed up (`figures`, `plots`, `nearest`),
packed (`packing`) and set into the templates (`page`).
"""

from __future__ import annotations

from storyclust.report.evidence import Evidence
from storyclust.report.page import Report, write_report

__all__ = ["Evidence", "Report", "write_report"]
