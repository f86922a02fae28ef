"""The returned workbook (退回工作簿): a delivery, given back with what to mend in it.

`workbook` decides and files it; a process of its own (`job`) makes it, because it opens
the department's file. `marking` paints the department's own workbook; `plain` builds a
new one where there is none, or where the own one cannot be kept as it is. `told` says
what is told of each cell and row, `summary` the sheet that tells it as a whole.
"""
