"""Pay from facts and plans, in the order of evaluation of the catalogue. Pure and exact."""
