"""What the law asks, as dated reference data: duties, grounds, reasons, the warning."""
