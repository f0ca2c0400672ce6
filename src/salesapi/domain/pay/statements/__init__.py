"""What participants, finance and auditors read of pay: statements, standings, estimates, simulations, accruals."""
