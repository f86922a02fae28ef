"""Compare a night's deliveries with one another and with what the warehouse holds.

`run.reconcile` is called by the merge, under the warehouse lock, when every delivery of
the night has its verdict and nothing of the night is merged. It calls the checks of
`checks.CHECKS` in their order, and what a check holds back or refuses, the next one
does not see. What they found is written into the folder of each batch (`outcomes`)
and into the ledger, from where receipts, returned workbooks and the merge take it.

How to add a check:

1. Put its rules, with all their words, into `guiji.checking.suite.reconciliation.RULES`
   and write the pages anew (`guiji catalogue rules --pages docs/rules`).
2. Write one function `check(night: Comparison) -> Iterator[Result]` in a module of its
   own here, and its SQL as `sql/reconciliation/<model>.sql` with cases under
   `tests/sql/reconciliation/<model>/`. The function first looks whether there is
   anything to compare (`night.deliveries`), and returns before it reads a row if not.
   Then `night.bind(deliveries)` makes the relations `delivery` and `incoming` of
   those deliveries, `night.bind_current(dataset)` the relation `current` of what the
   warehouse holds of a dataset, and `night.fetch(model)` runs the SQL.
3. Yield a `RowFindings` per rule (a critical rule holds its rows back), a
   `DeliveryFinding` (a critical rule refuses the delivery), or a `Duplicate`.
4. Add the function to `checks.CHECKS`.

A check reads results of the checks of deliveries, the ledger and the warehouse, and no
clock: run again, after a kill or with one delivery more, the night gives what it gives.
"""
