"""A whole catalogue as a workbook in the layout of the national compilation guide."""
