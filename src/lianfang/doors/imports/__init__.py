"""Files as communities keep them: read, understood, checked, carried out.

The way of a file: `tables.open_book` -> `headers.propose` (what each column is) ->
`reading.Reading` (typed rows and refused rows, as a stream) -> `returned.ReturnedBook`
(the refused rows, the reason beside each, to be mended and sent again). None of these knows the
database. `jobs` keeps a file and what its sender chose, `plan_…` compares its rows with what is
registered, `work` carries the plan out through `kernel.submit`.
"""
