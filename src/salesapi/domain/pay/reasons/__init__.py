"""Why an amount is what it is, as data: one record for each way in which a result comes about, and the form that is stored."""
