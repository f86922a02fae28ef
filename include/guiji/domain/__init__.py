"""What the field knows: codes, dates, amounts, working days. Pure, no files."""
