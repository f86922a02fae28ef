"""The returned workbook (退回工作簿): a delivery, given back with what to mend in it.

`workbook` decides and files it; a process of its own (`job`) makes it, because it opens
the department's file. `marked_workbook` paints the department's own workbook by
openpyxl; `plain_workbook` writes a new one directly (`workbook_xml`) where there is
none, or where the own one cannot be kept as it is. `findings_view` gives what is said
of each cell and row, `summary_sheet` the rows of the sheet that sums it up, which
either writer draws in the looks of `sheet_model`.
"""
