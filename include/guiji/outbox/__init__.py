"""What a department gets back: receipts, returned workbooks, notices, push."""
