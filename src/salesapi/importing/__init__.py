"""Import of CSV and XLSX files by a declarative mapping: rows become commands, and importing again adds only what changed."""
