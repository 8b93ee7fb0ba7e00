"""What eval and where calculate: text → tree → closure over rows; the functions are beside, by family."""
