"""The report as a sheet: what it says. How that looks is the paper's business."""

from torchdojo.app.interview_sheets.composing import candidate_sheet, report_sheet

__all__ = ["candidate_sheet", "report_sheet"]
