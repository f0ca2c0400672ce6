"""Commission: the pure fold of facts and published plan versions to credits, lines and statements.

`facts` is the ledger of what happened, `crediting` says whose result it is, `rates` what it earns, `earnings` puts the lines
of a period together, `corrections` compares closed periods with what is known now, `statements` is the result.
"""
